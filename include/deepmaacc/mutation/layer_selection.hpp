#pragma once

/// \file
/// Which layers are mutated: a population, or some by name, pattern and index.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/suggestion.hpp>
#include <deepmaacc/core/wildcards.hpp>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace deepmaacc {

/// The layers that most analyses are of.
enum class population {
  all,    ///< every layer with neurons
  hidden  ///< all but the output layer
};

inline std::string to_string(population chosen) { return chosen == population::all ? "all" : "hidden"; }

/// One word of a list of layers: a name, a pattern, or a position in the adapter's `layers()`.
struct layer_word {
  std::string text;

  layer_word(const char* name) : text(name) {}             // NOLINT: lists are written as {"dense*", 3}
  layer_word(std::string name) : text(std::move(name)) {}  // NOLINT
  template <std::integral Index>
  layer_word(Index index) : text(std::to_string(index)) {}  // NOLINT
};

/// Which layers' neurons are mutated: a `population`, or a list such as {"dense*", "conv2d_1", 3}. Scores of different selections must not
/// be compared.
///
/// A word of a list means, whichever of these comes first: 1. the layer of exactly this name; 2. `all` or `hidden`, that population; 3. a
/// whole number, the layer at this position of `layers()`, from 0, layers without neurons included; 4. a pattern, in which `*` stands for
/// any text and `?` for any one character, all layers whose names it matches. Of these the layers with neurons are meant. Layers are
/// mutated in the order of the forward pass, each once, however they are listed.
class layer_selection {
 public:
  layer_selection(population chosen = population::all) : population_(chosen) {}  // NOLINT: one is as good as the other
  /// \throws usage_error where a word is empty.
  layer_selection(std::initializer_list<layer_word> words) : layer_selection(texts_of(words)) {}
  /// \throws usage_error where there is no word, or one is empty.
  layer_selection(std::vector<std::string> words) : words_(std::move(words)) {  // NOLINT
    if (words_.empty()) throw usage_error("layers: the list is empty; give at least one layer, or take population::all");
    if (std::find(words_.begin(), words_.end(), "") != words_.end())
      throw usage_error("layers: '' is no layer; give names, patterns or indices of layers, all or hidden");
  }

  /// None where there is a list.
  std::optional<population> whole_population() const { return population_; }
  /// The list as it was given; empty where there is none.
  const std::vector<std::string>& words() const { return words_; }

  /// Whether two say the same in the same words: see `resolved`.
  friend bool operator==(const layer_selection&, const layer_selection&) = default;

 private:
  static std::vector<std::string> texts_of(std::initializer_list<layer_word> words) {
    std::vector<std::string> texts;
    for (const layer_word& one : words) texts.push_back(one.text);
    return texts;
  }

  std::optional<population> population_;
  std::vector<std::string> words_;
};

/// "all", "hidden", or "selected" for a list.
inline std::string to_string(const layer_selection& chosen) {
  const auto whole = chosen.whole_population();
  return whole ? to_string(*whole) : "selected";
}

/// "hidden layers", "layers conv2d_1, dense"; of a long list the first ones.
inline std::string layers_text(const layer_selection& chosen) {
  constexpr std::size_t most = 4;
  if (chosen.whole_population()) return to_string(chosen) + " layers";
  const auto& words = chosen.words();
  std::string text = "layers ";
  for (std::size_t i = 0; i < std::min(most, words.size()); ++i) text += (i ? ", " : "") + words[i];
  return words.size() > most ? text + ", ... of " + std::to_string(words.size()) : text;
}

/// Positions of the layers whose neurons belong to a population, in the order of the forward pass.
inline std::vector<std::size_t> layers_of(population chosen, std::span<const layer_description> layers) {
  std::vector<std::size_t> found;
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    if (layers[layer].is_mutable() && !(chosen == population::hidden && layers[layer].is_output)) found.push_back(layer);
  return found;
}

namespace detail {

/// Positions of the layers that a word of a list means, with neurons or without.
inline std::vector<std::size_t> layers_meant(const std::string& word, std::span<const layer_description> layers) {
  const auto where = [&](const auto& is_meant) {
    std::vector<std::size_t> found;
    for (std::size_t layer = 0; layer < layers.size(); ++layer)
      if (is_meant(layers[layer].name)) found.push_back(layer);
    return found;
  };
  auto named = where([&](const std::string& name) { return name == word; });
  if (!named.empty()) return named;
  for (const population one : {population::all, population::hidden})
    if (word == to_string(one)) return layers_of(one, layers);
  std::size_t index = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (end == word.data() + word.size() && fault == std::errc{} && index < layers.size()) return {index};
  return where([&](const std::string& name) { return matches_pattern(word, name); });
}

/// "conv2d (1), dense (5)": layers as they can be named, with their indices; of many the first ones.
[[gnu::cold]] inline std::string numbered_layers(const std::vector<std::size_t>& positions, std::span<const layer_description> layers) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, positions.size()); ++i)
    text += (i ? ", " : "") + layers[positions[i]].name + " (" + std::to_string(positions[i]) + ")";
  return positions.size() > most ? text + ", and " + std::to_string(positions.size() - most) + " more" : text;
}

[[gnu::cold, noreturn]] inline void refuse_layer(const std::string& word, std::span<const layer_description> layers) {
  const auto meant = layers_meant(word, layers), all = layers_of(population::all, layers);
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const std::size_t layer : all) names.push_back(layers[layer].name);
  for (const population one : {population::all, population::hidden})
    if (!layers_of(one, layers).empty()) names.push_back(to_string(one));
  throw usage_error("layers: '" + word + "' matches no layer" +
                    (meant.empty() ? suggestion(word, names) : " with neurons, only " + numbered_layers(meant, layers)) +
                    "; take all, hidden, or layers with neurons by name, index or pattern: " + numbered_layers(all, layers));
}

}  // namespace detail

/// Positions of the layers that a selection means, in the order of the forward pass, each once. O(words · layers) names compared.
/// \throws usage_error where a word of a list matches no layer with neurons, naming those that there are.
inline std::vector<std::size_t> layers_of(const layer_selection& chosen, std::span<const layer_description> layers) {
  if (const auto whole = chosen.whole_population()) return layers_of(*whole, layers);
  std::vector<bool> is_chosen(layers.size(), false);
  for (const std::string& word : chosen.words()) {
    bool has_neurons = false;
    for (const std::size_t layer : detail::layers_meant(word, layers))
      if (layers[layer].is_mutable()) is_chosen[layer] = has_neurons = true;
    if (!has_neurons) detail::refuse_layer(word, layers);
  }
  std::vector<std::size_t> found;
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    if (is_chosen[layer]) found.push_back(layer);
  return found;
}

/// The same layers of this model in the words that all selections of them share: a population where it has just these, else their names in
/// the order of the forward pass. So results are of the same layers if and only if their resolved selections are equal.
/// \throws usage_error as `layers_of`.
inline layer_selection resolved(const layer_selection& chosen, std::span<const layer_description> layers) {
  if (chosen.whole_population()) return chosen;
  const auto positions = layers_of(chosen, layers);
  for (const population one : {population::all, population::hidden})
    if (positions == layers_of(one, layers)) return one;
  std::vector<std::string> names;
  for (const std::size_t layer : positions) {
    const std::string& name = layers[layer].name;
    // A model of one's own may have left names out, or given one twice.
    const bool is_unique = !name.empty() && detail::layers_meant(name, layers).size() == 1;
    names.push_back(is_unique ? name : std::to_string(layer));
  }
  return names;
}

}  // namespace deepmaacc
