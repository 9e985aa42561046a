#include <hdf5.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/hdf5.hpp>
#include <deepmaacc/io/hdf5_structure.hpp>
#include <deepmaacc/io/keras.hpp>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"
#include "in_child.hpp"
#include "model_files.hpp"

#if SUPPORT_ADDRESS_SANITIZER
/// As outside of the sanitizer, an allocation may fail, and what asks for it has to bear that.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:max_allocation_size_mb=1024"; }
#endif

namespace dm = deepmaacc;
using support::check_error;
using support::scratch_folder;

namespace {

/// A kind of model file, and a way to break a part of it.
struct base_file {
  std::string name;
  std::string part;                                          ///< what is broken
  std::string (*whole)(const scratch_folder&, std::string);  ///< the file around the part
};

/// A bit that libhdf5 stumbles over, which its interface leaves no way to see before: docs/broken_files.md lists these.
struct known_crash {
  std::string base;
  std::size_t bit;
};
const std::vector<known_crash> known_crashes{};

const std::vector<base_file>& base_files() {
  static const std::vector<base_file> all = [] {
    const auto entries = support::model_entries();
    const auto as_it_is = [](const scratch_folder&, std::string part) { return part; };
    const auto weights_around = [](const scratch_folder& folder, std::string part) {
      return support::zip_of(folder, {{"config.json", support::model_entries().at("config.json")}, {"model.weights.h5", part}});
    };
    const auto config_around = [](const scratch_folder& folder, std::string part) {
      return support::zip_of(folder, {{"config.json", part}, {"model.weights.h5", support::model_entries().at("model.weights.h5")}});
    };
    const scratch_folder folder;
    return std::vector<base_file>{{"archive", support::zip_of(folder, entries), as_it_is},
                                  {"weights", entries.at("model.weights.h5"), weights_around},
                                  {"config", entries.at("config.json"), config_around},
                                  {"legacy", support::legacy_model(folder), as_it_is}};
  }();
  return all;
}

void read(const std::string& content) { dm::io::read_keras(support::bytes_of(content, "broken")); }

/// Every case is read or refused, quickly, and takes little memory.
void check(const std::string& what, const support::cases_result& result, const std::vector<std::string>& names) {
  for (const auto& [number, how] : result.faulty) BOOST_ERROR(what << " " << names[number] << ": " << how);
  BOOST_TEST_MESSAGE(what << ": " << result.read << " read, " << result.refused << " refused; slowest " << names[result.slowest] << ", "
                          << result.slowest_s << " s; most memory " << result.peak_kib / 1024 << " MiB");
  BOOST_TEST(result.slowest_s < 5.0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken_models)

BOOST_AUTO_TEST_CASE(whole_files_are_read) {
  const scratch_folder folder;
  for (const auto& base : base_files()) BOOST_CHECK_NO_THROW(read(base.whole(folder, base.part)));
}

BOOST_AUTO_TEST_CASE(cut_off) {
  const scratch_folder folder;
  for (const auto& base : base_files()) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 64; ++i) names.push_back("at " + std::to_string(base.part.size() * i / 64));
    const auto result =
        support::run_in_children(64, [&](std::size_t i) { read(base.whole(folder, base.part.substr(0, base.part.size() * i / 64))); });
    check(base.name + " cut off", result, names);
    BOOST_TEST(result.refused == 64U);
  }
}

BOOST_AUTO_TEST_CASE(changed_bits) {
  const scratch_folder folder;
  for (const auto& base : base_files()) {
    std::mt19937_64 random(20240607);
    std::vector<std::size_t> bits;
    std::vector<std::string> names;
    while (bits.size() < 300) {
      const std::size_t bit = random() % (base.part.size() * 8);
      const auto is_this = [&](const known_crash& one) { return one.base == base.name && one.bit == bit; };
      if (std::find_if(known_crashes.begin(), known_crashes.end(), is_this) != known_crashes.end()) {
        BOOST_TEST_MESSAGE("left out: bit " << bit << " of " << base.name << ", a known crash of libhdf5 (docs/broken_files.md)");
        continue;
      }
      bits.push_back(bit);
      names.push_back("byte " + std::to_string(bit / 8) + " bit " + std::to_string(bit % 8));
    }
    // One bit at a time, then all at once up to each: files that are wrong in several places.
    for (const bool is_one : {true, false}) {
      const std::size_t count = is_one ? bits.size() : 40;
      const auto result = support::run_in_children(count, [&](std::size_t i) {
        std::string changed = base.part;
        for (std::size_t b = is_one ? i : 0; b <= i; ++b)
          changed[bits[b] / 8] = static_cast<char>(changed[bits[b] / 8] ^ (1 << bits[b] % 8));
        read(base.whole(folder, changed));
      });
      check(base.name + (is_one ? ", one bit" : ", all bits up to"), result, names);
      BOOST_TEST(result.read + result.refused == count);
      BOOST_TEST(result.refused > 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(json_that_is_nested_deep) {
  const scratch_folder folder;
  const std::size_t deep = 200'000;
  const std::string lists = R"({"a": )" + std::string(deep, '[') + std::string(deep, ']') + "}";
  std::string objects, closed;
  for (std::size_t i = 0; i < deep; ++i) {
    objects += R"({"a":)";
    closed += "}";
  }
  objects += "1" + closed;
  std::string layers = support::model_entries().at("config.json");  // where it is walked through
  layers.replace(layers.find("null, 5"), 7, std::string(deep, '[') + std::string(deep, ']'));
  const std::vector<std::string> configs{lists, objects, layers, std::string(deep, '['), std::string(deep, '{')};
  const auto result = support::run_in_children(configs.size(), [&](std::size_t i) {
    read(support::zip_of(folder, {{"config.json", configs[i]}, {"model.weights.h5", support::model_entries().at("model.weights.h5")}}));
  });
  check("config.json", result, {"lists", "objects", "extents", "open lists", "open objects"});
  BOOST_TEST(result.refused == configs.size());
}

BOOST_AUTO_TEST_CASE(files_of_another_kind) {
  for (const std::string content : {"", "P", "PK", "PK\3\4", "\x89HDF\r\n\x1a\n", "\x89HDF\r\n\x1a\n and no more", "no model"})
    check_error<dm::error>([&] { read(content); }, {"broken: "});
}

// An entry that is packed a thousand times smaller than it is.
BOOST_AUTO_TEST_CASE(an_archive_that_fills_the_memory) {
  const scratch_folder folder;
  auto entries = support::model_entries();
  entries["model.weights.h5"].resize(std::size_t{200} << 20);
  const std::string packed = support::zip_of(folder, entries);
  BOOST_TEST(packed.size() < (std::size_t{1} << 20));
  const dm::io::zip_archive archive(support::bytes_of(packed, "packed"));
  check_error<dm::data_error>([&] { archive.entry("model.weights.h5", dm::io::most_unpacked(packed.size())); },
                              {"packed: model.weights.h5: it unpacks to 209715200 bytes"});
}

BOOST_AUTO_TEST_CASE(arrays_that_are_not_weights) {
  const scratch_folder folder;
  const auto refused = [&](const support::weights_maker& make, const std::string& why) {
    const std::string content = support::weights_with(folder, make);
    BOOST_TEST_CONTEXT(why) {
      check_error<dm::error>(
          [&] {
            read(support::zip_of(folder, {{"config.json", support::model_entries().at("config.json")}, {"model.weights.h5", content}}));
          },
          {"layers/dense/vars/0", why});
    }
  };
  using support::made_array;
  refused([](hid_t file) { made_array(file, {}).write_links(); }, "is missing");
  refused([](hid_t file) { made_array(file, {5, 7}).write(H5T_IEEE_F32LE); }, "(5, 7)");
  refused([](hid_t file) { made_array(file, {5, 6}).write(H5T_STD_I32LE); }, "floating-point");
  refused([](hid_t file) { made_array(file, {5, 6}).write(support::text_type()); }, "floating-point");
  refused([](hid_t file) { made_array(file, {5, 6}).write(support::pair_type()); }, "floating-point");
  refused([](hid_t file) { made_array(file, {5, 6}).write(support::odd_float()); }, "floating-point");
  refused([](hid_t file) { made_array(file, {5, 6}).fill(std::numeric_limits<float>::quiet_NaN()); }, "not finite");
  refused([](hid_t file) { made_array(file, {5, 6}).fill(std::numeric_limits<float>::infinity()); }, "not finite");
  refused([](hid_t file) { made_array(file, {5, 6}).write_group(); }, "it is no array");
  const std::string too_many = "promises more numbers than the file can hold";
  refused([](hid_t file) { made_array(file, {1U << 30, 1U << 30}).chunks({1, 1}).promise(H5T_IEEE_F32LE); }, too_many);
  refused(
      [](hid_t file) {
        made_array(file, {std::numeric_limits<hsize_t>::max() / 8, 1}).chunks({1, 1}).promise(H5T_IEEE_F32LE);
      },
      too_many);
  refused([](hid_t file) { made_array(file, {5, 6}).chunks({5, 6}).promise(H5T_IEEE_F32LE); }, "a part of the array is missing");
  refused([](hid_t file) { made_array(file, {5, 6}).promise(H5T_IEEE_F32LE); }, too_many);
  refused([](hid_t file) { made_array(file, {2, 3, 1, 1, 1, 1, 1, 1, 5}).write(H5T_IEEE_F32LE); }, "up to 8 extents");
  refused([](hid_t file) { made_array(file, {60, 60}).chunks({10, 60}).packed().write_a_part(); }, "a part of the array is missing");
  refused([](hid_t file) { made_array(file, {5, 6}).elsewhere("numbers.bin").promise(H5T_IEEE_F32LE); }, "not in this file");
  refused([](hid_t file) { made_array(file, {5, 6}).virtually().promise(H5T_IEEE_F32LE); }, "not in this file");
  refused([](hid_t file) { made_array(file, {5, 6}).chunks({5, 6}).scaled().write(H5T_IEEE_F32LE); }, "packed in a way");
}

BOOST_AUTO_TEST_CASE(links) {
  const scratch_folder folder;
  const auto opened = [&](const support::weights_maker& make) {
    return dm::io::hdf5_file(support::bytes_of(support::weights_with(folder, make), "links"));
  };
  const auto outwards = opened([](hid_t file) { H5Lcreate_external("/etc/passwd", "/x", file, "a", H5P_DEFAULT, H5P_DEFAULT); });
  check_error<dm::data_error>([&] { outwards.read<float>("a"); }, {"links: a: it is a link to elsewhere"});
  check_error<dm::data_error>([&] { outwards.has("a/b"); }, {"links: a: it is a link to elsewhere"});
  const auto circle = opened([](hid_t file) {
    H5Lcreate_soft("/b", file, "a", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/a", file, "b", H5P_DEFAULT, H5P_DEFAULT);
  });
  check_error<dm::data_error>([&] { circle.read<float>("a"); }, {"links: a: it is a link to elsewhere"});
  const auto group = opened([](hid_t file) {
    H5Gclose(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    BOOST_REQUIRE(H5Lcreate_hard(file, "g", file, "g/g", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  });
  BOOST_TEST(group.has("g/g/g/g"));
  BOOST_TEST(group.has("/g//g/"));
  BOOST_TEST(!group.has("g/g/other"));
  check_error<dm::data_error>([&] { group.read<float>("g"); }, {"links: g: it is no array"});
  check_error<dm::data_error>([&] { group.read<float>("other"); }, {"links: other: there is no such array"});
}

/// A group with so many members, called by names beyond ASCII: for those libhdf5 takes its newer form of groups.
support::weights_maker members_beyond_ascii(std::size_t count) {
  return [count](hid_t file) {
    const hid_t named = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_char_encoding(named, H5T_CSET_UTF8);
    const hid_t group = H5Gcreate2(file, "schichten", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (std::size_t i = 0; i < count; ++i)
      H5Gclose(H5Gcreate2(group, ("größe" + std::to_string(i)).c_str(), named, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(named);
    H5Gclose(group);
    support::made_array(file, {2}, "schichten/größe1/kernel").fill(3);
  };
}

// Up to eight members lie in the group's header, more in a heap with an index: of one node, of two levels, of three.
BOOST_AUTO_TEST_CASE(names_beyond_ascii) {
  const scratch_folder folder;
  for (const std::size_t count : {2U, 8U, 9U, 45U, 46U, 300U, 1500U}) {
    const dm::io::hdf5_file file(support::bytes_of(support::weights_with(folder, members_beyond_ascii(count)), "names"));
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) found += file.has("schichten/größe" + std::to_string(i));
    BOOST_TEST(found == count);
    BOOST_TEST(!file.has("schichten/größe" + std::to_string(count)));
    BOOST_TEST(!file.has("schichten/grosse1"));
    BOOST_TEST(file.read<double>("schichten/größe1/kernel").values.at(1) == 3);
  }
}

BOOST_AUTO_TEST_CASE(names_beyond_ascii_as_h5py_writes_them) {
  const dm::io::zip_archive archive(dm::io::read_file(support::fixture("hdf5.zip")));
  const dm::io::hdf5_file file(archive.entry("names.h5"));
  for (const auto& [group, count] : {std::pair<std::string, int>{"few", 3}, {"many", 12}}) {
    for (int i = 0; i < count; ++i)
      BOOST_TEST(file.read<float>(group + "/größe" + std::to_string(i)).values.at(0) == static_cast<float>(i));
    BOOST_TEST(!file.has(group + "/größe" + std::to_string(count)));
  }
}

BOOST_AUTO_TEST_CASE(heaps_of_names_that_are_broken) {
  const scratch_folder folder;
  const std::string whole = support::weights_with(folder, members_beyond_ascii(100));
  // Without libhdf5, which is not asked about names.
  const auto members = [](const std::string& content) {
    const auto file = support::bytes_of(content, "names");
    dm::io::detail::hdf5_structure structure(file);
    return structure.members_of(structure.members_of(structure.root()).at("schichten"));
  };
  BOOST_TEST(members(whole).size() == 100U);
  std::size_t refused = 0;
  for (const std::string part : {"FRHP", "FHIB", "BTHD", "BTIN", "BTLF"}) {
    const auto begin = whole.find(part);
    BOOST_REQUIRE_MESSAGE(begin != std::string::npos, "there is no " << part);
    for (std::size_t at = begin; at < std::min(begin + 100, whole.size()); ++at)
      for (const int bit : {0, 3, 7}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        refused += !support::is_read_or_refused([&] { members(changed); });
      }
  }
  BOOST_TEST(refused > 300U);
  // Every member called by the one long name, which would be more bytes than there are.
  std::string repeated = support::weights_with(folder, [](hid_t file) {
    members_beyond_ascii(12)(file);
    const hid_t group = H5Gopen2(file, "schichten", H5P_DEFAULT);
    H5Gclose(H5Gcreate2(group, std::string(3000, 'x').c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Gclose(group);
  });
  BOOST_TEST(members(repeated).size() == 13U);
  constexpr std::size_t record = 11, members_there = 13;  // a hash of 4 bytes, then 1 + 4 + 2 that name a place in the heap
  char* const records = &repeated[repeated.find("BTLF") + 6];
  const auto length = [&](std::size_t i) {
    return static_cast<unsigned char>(records[i * record + 9]) + 256 * static_cast<unsigned char>(records[i * record + 10]);
  };
  for (std::size_t i = 0; i < members_there; ++i)
    if (length(i) > 3000)
      for (std::size_t j = 0; j < members_there; ++j) std::copy_n(records + i * record, record, records + j * record);
  check_error<dm::data_error>([&] { members(repeated); }, {"its parts are larger than the file"});
  // An index that is its own child.
  std::string circle = whole;
  const auto node = circle.find("BTIN"), root_records = circle.find("BTHD") + 24;
  const auto count = static_cast<unsigned char>(circle[root_records]);
  for (std::size_t b = 0; b < 8; ++b) circle[node + 6 + 11U * count + b] = static_cast<char>(node >> 8 * b & 0xff);
  check_error<dm::data_error>([&] { members(circle); }, {"the tree of its links is broken"});
}

BOOST_AUTO_TEST_CASE(texts) {
  const scratch_folder folder;
  const std::string content = support::weights_with(folder, [](hid_t file) {
    const hid_t group = H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    support::write_text(group, "text", "grüße");
    support::write_text(group, "long", std::string(100'000, 'x'));
    support::write_text(group, "empty", "");
    support::write_texts(group, "list", {"a", "bcd"});
    support::write_texts(group, "parts0", {"a", "b"});
    support::write_texts(group, "parts1", {"c"});
    support::write_texts(group, "none", {});
    support::write_number(group, "number");
    H5Gclose(group);
  });
  const dm::io::hdf5_file file(support::bytes_of(content, "texts"));
  using list = std::vector<std::string>;
  BOOST_CHECK(file.text_attribute("g", "text") == "grüße");
  BOOST_CHECK(file.text_attribute("/g", "long") == std::string(100'000, 'x'));
  BOOST_CHECK(file.text_attribute("g", "empty") == "");
  BOOST_CHECK(!file.text_attribute("g", "other"));
  BOOST_CHECK(!file.text_attribute("/", "text"));
  BOOST_CHECK(!file.text_list_attribute("g", "other"));
  BOOST_CHECK(file.text_list_attribute("g", "list") == (list{"a", "bcd"}));
  BOOST_CHECK(file.text_list_attribute("g", "parts") == (list{"a", "b", "c"}));
  BOOST_CHECK(file.text_list_attribute("g", "none") == list());
  check_error<dm::data_error>([&] { file.text_attribute("g", "list"); },
                              {"texts: g: attribute list: it should be one text, but there are 2"});
  check_error<dm::data_error>([&] { file.text_attribute("g", "number"); }, {"texts: g: attribute number: it is no text"});
  check_error<dm::data_error>([&] { file.text_attribute("x", "text"); }, {"texts: x: there is no such object"});
  // The length of a text is the number before the address of its heap; libhdf5 itself would write behind its memory here.
  const std::string heap = content.substr(0, content.find("GCOL"));
  std::string address(8, '\0');
  for (std::size_t b = 0; b < 8; ++b) address[b] = static_cast<char>(heap.size() >> 8 * b & 0xff);
  const std::size_t element = content.find(std::string("\x07\0\0\0", 4) + address);
  BOOST_REQUIRE(element != std::string::npos);
  for (const char length : {'\x06', '\x08', '\x7f'}) {
    std::string changed = content;
    changed[element] = length;
    const dm::io::hdf5_file broken(support::bytes_of(changed, "texts"));
    if (length == '\x06')
      BOOST_CHECK(broken.text_attribute("g", "text") == "grüß");
    else
      check_error<dm::data_error>([&] { broken.text_attribute("g", "text"); },
                                  {"texts: g: attribute text: it points to letters that are not there"});
  }
}

BOOST_AUTO_TEST_CASE(arrays_of_every_kind) {
  const dm::io::zip_archive archive(dm::io::read_file(support::fixture("hdf5.zip")));
  for (const std::string name : {"earliest.h5", "newer.h5"}) {
    const dm::io::hdf5_file file(archive.entry(name));
    std::vector<double> expected;
    for (int i = 0; i < 12; ++i) expected.push_back(i);
    for (const std::string array : {"plain", "chunked", "packed", "half"}) {
      BOOST_TEST_CONTEXT(name << " " << array) {
        const auto found = file.read<double>("arrays/" + array);
        BOOST_TEST(found.extents == (dm::shape{3, 4}), boost::test_tools::per_element());
        BOOST_TEST(found.values == expected, boost::test_tools::per_element());
      }
    }
    for (const std::string array : {"whole", "one"}) {
      const auto found = file.read<float>("arrays/" + array);
      BOOST_TEST(found.extents.empty());
      BOOST_TEST(found.values.at(0) == 7);
    }
    using list = std::vector<std::string>;
    BOOST_CHECK(file.text_attribute("/", "keras_version") == "3.0.0");
    BOOST_CHECK(file.text_list_attribute("model_weights/dense", "weight_names") == (list{"dense/kernel", "dense/bias"}));
    BOOST_CHECK(file.text_list_attribute("model_weights/dense", "letters") == (list{"a", "b", "c"}));
    BOOST_CHECK(file.text_list_attribute("model_weights/dense", "pointers") == (list{"a", "bcd"}));
  }
}

// libhdf5 would go round in these until the memory is full, or the stack.
BOOST_AUTO_TEST_CASE(circles) {
  const std::string whole = support::model_entries().at("model.weights.h5");
  const auto refused = [](const std::string& content, const std::string& why) {
    check_error<dm::data_error>([&] { dm::io::hdf5_file(support::bytes_of(content, "circle")); },
                                {"circle: it is no HDF5 file that can be read", why});
  };
  const auto number_at = [](const std::string& content, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t b = 8; b-- > 0;) value = value << 8 | static_cast<unsigned char>(content[at + b]);
    return value;
  };
  // A heap of names: "HEAP", a version, its size, its first free block, its data. A free block begins with the next.
  const std::size_t heap = whole.find("HEAP");
  BOOST_REQUIRE(heap != std::string::npos);
  std::string changed = whole;
  changed.replace(heap + 16, 8, 8, '\0');
  changed.replace(number_at(whole, heap + 24), 8, 8, '\0');
  refused(changed, "go round in a circle");
  // A node: "TREE", kind and level, how many children, two neighbours, a name, and the first child.
  const std::size_t tree = whole.find("TREE");
  BOOST_REQUIRE(tree != std::string::npos);
  changed = whole;
  changed[tree + 5] = 1;
  for (std::size_t b = 0; b < 8; ++b) changed[tree + 32 + b] = static_cast<char>(tree >> 8 * b & 0xff);
  refused(changed, "the tree of its parts is broken");
}

BOOST_AUTO_TEST_CASE(files_of_one_name_are_two) {
  const scratch_folder folder;
  const auto opened = [&](float value) {
    const std::string content = support::weights_with(folder, [&](hid_t file) { support::made_array(file, {1}, "a").fill(value); });
    return dm::io::hdf5_file(support::bytes_of(content, "same"));
  };
  const auto one = opened(1), two = opened(2);
  BOOST_TEST(one.read<float>("a").values.front() == 1);
  BOOST_TEST(two.read<float>("a").values.front() == 2);
}

BOOST_AUTO_TEST_CASE(nothing_stays_open) {
  const scratch_folder folder;
  const auto open_objects = [] { return H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL); };
  const auto before = open_objects();  // the types of made arrays
  for (const auto& base : base_files())
    for (std::size_t length = 0; length < base.part.size(); length += base.part.size() / 16 + 1) {
      support::is_read_or_refused([&] { read(base.whole(folder, base.part.substr(0, length))); });
      BOOST_TEST(open_objects() == before);
    }
}

BOOST_AUTO_TEST_SUITE_END()
