#pragma once

/// \file
/// From the class of a Keras layer to how it is read.

#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// From the class of a layer to how it is read. Copies can be extended by classes of one's own, and given to `read_model`.
class keras_layers {
 public:
  /// Adds the layer to a network, behind what `net` takes next. It calls the layer `settings.name()`, or begins its name so where it makes
  /// several; trained arrays are declared in the order in which Keras saves them, and filled from the file afterwards.
  using reader = std::function<void(const layer_config& settings, program_builder& net)>;
  struct entry {
    reader by;
    bool is_own = false;  ///< whether `add` gave it
  };

  /// The classes of Keras that docs/layers.md lists.
  keras_layers();

  /// Reads a class by a function from now on.
  /// \param name  a custom class as Keras registers it, "Package>Name", or by its name alone; or a class of Keras
  void add(std::string name, reader by) { readers_.insert_or_assign(std::move(name), entry{std::move(by), true}); }

  /// The reader of a class; null where there is none.
  /// \param class_name       in `.h5` files of custom classes what they are registered as
  /// \param registered_name  as Keras registers a custom class
  /// \param is_of_keras  whether it is one of Keras' own
  const entry* find(const std::string& class_name, const std::string& registered_name, bool is_of_keras) const {
    for (const std::string& name : {registered_name, class_name}) {
      const auto found = readers_.find(name);
      if (found != readers_.end() && (is_of_keras || found->second.is_own)) return &found->second;
    }
    const auto alone = readers_.find(class_name.substr(class_name.find('>') + 1));
    if (alone != readers_.end() && alone->second.is_own) return &alone->second;
    return nullptr;
  }

  /// All classes, in alphabetical order.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, _] : readers_) all.push_back(name);
    return all;
  }

 private:
  std::map<std::string, entry> readers_;
};

}  // namespace deepmaacc::io
