// NOT_CALLABLE
//   deepmaacc::cut: a cut rule must be callable with a dendrogram and return a std::vector<bool>, one per merge; see
//   docs/policies/cut_rule.md
// WRONG_RESULT
//   deepmaacc::cut: a cut rule must be callable with a dendrogram and return a std::vector<bool>, one per merge; see
//   docs/policies/cut_rule.md
// NOT_CONST
//   deepmaacc::cut: a cut rule must be callable with a dendrogram and return a std::vector<bool>, one per merge; see
//   docs/policies/cut_rule.md
// NOT_COPYABLE
//   deepmaacc::cut: a cut rule must be copy constructible; see docs/policies/cut_rule.md

#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <vector>

struct rule : deepmaacc::archetype::cut_rule {
#ifdef NOT_CALLABLE
  void operator()(const deepmaacc::dendrogram&) const = delete;
#endif
#ifdef WRONG_RESULT
  std::vector<std::size_t> operator()(const deepmaacc::dendrogram&) const;
#endif
#ifdef NOT_CONST
  std::vector<bool> operator()(const deepmaacc::dendrogram&);
#endif
#ifdef NOT_COPYABLE
  rule() = default;
  rule(const rule&) = delete;
#endif
};

void run() { static_cast<void>(deepmaacc::cut(deepmaacc::dendrogram(1, {}), rule{})); }
