// Reading arrays and test sets.
#define DEEPMAACC_COMPILING
#include <deepmaacc/io/test_set.hpp>

namespace deepmaacc::io {

template array<float> read_array(file_bytes, const std::string&);
template array<double> read_array(file_bytes, const std::string&);
template array<float> read_array(const std::string&);
template array<double> read_array(const std::string&);
template test_set<float> read_tests(const std::string&, const std::optional<std::string>&, const preparation&, std::optional<std::size_t>,
                                    label_kind);
template test_set<double> read_tests(const std::string&, const std::optional<std::string>&, const preparation&, std::optional<std::size_t>,
                                     label_kind);

}  // namespace deepmaacc::io
