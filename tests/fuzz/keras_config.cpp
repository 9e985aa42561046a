// The JSON text that describes a model: everything up to its weights. Checksums of archives would keep most changes of it from the reader.
#include <deepmaacc/io/keras_graph.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/network/plan.hpp>
#include <string_view>
#include <utility>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const bool is_keras2 = size % 2 == 1;
    static const deepmaacc::io::keras_layers known;
    auto graph =
        deepmaacc::io::detail::keras_graph_builder(is_keras2, known).build(deepmaacc::io::parse_json_object("fuzzed", text).root());
    deepmaacc::network_plan(std::move(graph.model));
  });
}
