// NO_EDGES
//   deepmaacc::graph_average: a similarity graph must have num_vertices, edges, source and target, as Boost.Graph's VertexListGraph and
//   EdgeListGraph do; see docs/graph_clustering.md
// DIRECTED
//   deepmaacc::graph_average: a similarity graph must be undirected; take boost::undirectedS, and see docs/graph_clustering.md
// NO_WEIGHT
//   deepmaacc::graph_average: a similarity graph must hold edge_weight and vertex_index, both numbers; hold them, or pass a weight map and
//   an index map of your own after the graph; see docs/graph_clustering.md

#include <boost/graph/adjacency_list.hpp>
#include <deepmaacc/clustering/graph_average.hpp>
#include <vector>

#if defined(NO_EDGES)
using graph = std::vector<int>;
#elif defined(DIRECTED)
using graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, boost::property<boost::edge_weight_t, float>>;
#elif defined(NO_WEIGHT)
using graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
#else
using graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, boost::property<boost::edge_weight_t, float>>;
#endif

#if defined(NO_EDGES) || defined(DIRECTED)
static_assert(!deepmaacc::SimilarityGraph<graph>);
#else
static_assert(deepmaacc::SimilarityGraph<graph>);
#endif

deepmaacc::dendrogram run(const graph& similarities) { return deepmaacc::graph_average(similarities); }
