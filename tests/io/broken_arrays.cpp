/// \file
/// Array files that are cut off, changed, or lie: they are read or refused, nothing else, and in little memory.

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deepmaacc/io/test_set.hpp>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "files.hpp"

namespace {

std::atomic<std::size_t> in_use = 0, most_in_use = 0;

}  // namespace

// Replaced in this program only: counts what is in use.
void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  const std::size_t now = in_use += malloc_usable_size(memory);
  most_in_use = std::max<std::size_t>(most_in_use, now);
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory) in_use -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace dm = deepmaacc;
using support::bytes_of;
using support::check_error;
using support::fixture;
using support::scratch_folder;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// The most memory that a call has in use at a time, beyond what was there before.
template <class Call>
std::size_t memory_of(const Call& call) {
  const std::size_t before = in_use;
  most_in_use = before;
  call();
  return most_in_use - before;
}

/// A file that is sound, and the array in it that is read.
struct sound_file {
  std::string what, content, array;
  bool has_check_sum;
};

std::string idx_header(const std::vector<std::uint32_t>& extents) {
  std::string header{'\0', '\0', '\x08', static_cast<char>(extents.size())};
  for (const std::uint32_t extent : extents)
    for (int shift = 24; shift >= 0; shift -= 8) header += static_cast<char>(extent >> shift & 0xff);
  return header;
}

std::string npy_header(const std::string& shape, int version = 1) {
  const std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n";
  std::string header = "\x93NUMPY";
  header += {static_cast<char>(version), '\0', static_cast<char>(text.size()), '\0'};
  if (version > 1) header.append(2, '\0');
  return header + text;
}

std::string packed(const scratch_folder& folder, std::string_view content) {
  return support::content_of(folder.write_gzip("packed.gz", content));
}

std::vector<sound_file> sound_files() {
  const scratch_folder folder;
  std::string bytes(2000, '\0');
  std::mt19937 random(7);
  for (char& one : bytes) one = static_cast<char>(random() % 50);
  const std::string idx = idx_header({5, 20, 20}) + bytes, npy = npy_header("(5, 10, 10)") + bytes;
  const std::string stored = support::content_of(fixture("arrays-stored.npz")),
                    compressed = support::content_of(fixture("arrays-compressed.npz"));
  return {{"IDX", idx, "", false},
          {"NPY 1", npy, "", false},
          {"NPY 2", npy_header("(5, 10, 10)", 2) + bytes, "", false},
          {"NPY 3", npy_header("(5, 10, 10)", 3) + bytes, "", false},
          {"NPZ, stored", stored, "f8-big-fortran", true},
          {"NPZ, compressed", compressed, "i4-c", true},
          {"IDX in gzip", packed(folder, idx), "", true},
          {"NPY in gzip", packed(folder, npy), "", true},
          {"NPZ in gzip", packed(folder, stored), "u2-big", true}};
}

dm::io::array<float> read(const std::string& content, const std::string& array) {
  return dm::io::read_array<float>(bytes_of(content), array);
}

/// Reads what may be broken. Anything but the toolkit's own errors goes on to the test, and fails it. \return whether it was read
bool is_read(const std::string& content, const sound_file& of, dm::io::array<float>& found) {
  bool is_good = false;
  const std::size_t memory = memory_of([&] { is_good = support::is_read_or_refused([&] { found = read(content, of.array); }); });
  // A kilobyte that is compressed can stand for a megabyte; nothing here does.
  BOOST_CHECK_MESSAGE(memory < 4 * mebibyte + 16 * content.size(), of.what << " took " << memory << " bytes");
  return is_good;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken_arrays)

BOOST_AUTO_TEST_CASE(files_that_are_cut_off_are_refused) {
  for (const auto& file : sound_files()) {
    BOOST_TEST_CONTEXT(file.what) {
      dm::io::array<float> found;
      BOOST_TEST(is_read(file.content, file, found));
      for (std::size_t part = 0; part < 64; ++part) {
        const std::size_t length = file.content.size() * part / 64;
        BOOST_CHECK_MESSAGE(!is_read(file.content.substr(0, length), file, found),
                            length << " of " << file.content.size() << " bytes were taken for the whole file");
      }
      BOOST_TEST(!is_read(file.content.substr(0, file.content.size() - 1), file, found));
    }
  }
}

BOOST_AUTO_TEST_CASE(files_with_a_changed_bit_are_read_or_refused) {
  for (const auto& file : sound_files()) {
    BOOST_TEST_CONTEXT(file.what) {
      const auto sound = read(file.content, file.array);
      std::mt19937 random(11);
      std::size_t wrong = 0;
      for (int flip = 0; flip < 300; ++flip) {
        std::string changed = file.content;
        // A third of them among the first bytes, where the header is.
        const std::size_t at = random() % (flip % 3 ? changed.size() : std::min<std::size_t>(changed.size(), 128));
        changed[at] = static_cast<char>(changed[at] ^ 1 << random() % 8);
        dm::io::array<float> found;
        if (is_read(changed, file, found) && file.has_check_sum) wrong += found.extents != sound.extents || found.values != sound.values;
      }
      BOOST_TEST(wrong == 0U);  // where there is a check sum, no wrong number is taken for right
    }
  }
}

BOOST_AUTO_TEST_CASE(headers_that_promise_more_than_there_is_are_refused_without_room_for_it) {
  const scratch_folder folder;
  std::vector<std::string> liars;
  for (const auto& extents :
       {std::vector<std::uint32_t>{0x7fffffff}, {60000, 4000, 4000}, {0xffffffff, 0xffffffff, 0xffffffff}, {2000, 2000}})
    liars.push_back(idx_header(extents) + std::string(1000, 'x'));
  liars.push_back(idx_header(std::vector<std::uint32_t>(255, 2)) + "x");
  liars.push_back(idx_header(std::vector<std::uint32_t>(255, 1)));
  for (const std::string shape : {"(1000000000,)", "(4611686018427387903,)", "(4294967296, 4294967296)", "(1, 999999999, 3)"})
    liars.push_back(npy_header(shape) + std::string(1000, 'x'));
  // A header as long as a file can say.
  liars.push_back(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12) + std::string(1000, ' '));
  for (const std::string& content : liars) {
    const auto archive = folder.write_zip("liar.npz", {{"a.npy", content}});
    for (const std::string& file : {content, packed(folder, content), support::content_of(archive)}) {
      const std::size_t memory = memory_of([&] { check_error<dm::data_error>([&] { read(file, ""); }, {"bytes"}); });
      BOOST_TEST(memory < 4 * mebibyte);
    }
  }
  // More than what is looked at first, and far less than what is promised.
  const std::string longer = packed(folder, idx_header({60000, 4000, 4}) + std::string(mebibyte / 2, 'x'));
  const std::size_t memory = memory_of([&] { check_error<dm::data_error>([&] { read(longer, ""); }, {"bytes are there"}); });
  BOOST_TEST(memory < 4 * mebibyte);
}

// A megabyte of zeros is a kilobyte of gzip, and compressed files one behind the other are one file.
BOOST_AUTO_TEST_CASE(files_that_unpack_to_more_than_their_header_says_are_refused_early) {
  const scratch_folder folder;
  const std::string zeros = packed(folder, std::string(mebibyte, '\0'));
  std::string many;
  for (int i = 0; i < 256; ++i) many += zeros;
  const auto refused = [&](const std::string& begin, const std::string& why) {
    const std::string file = packed(folder, begin) + many;
    const std::size_t memory = memory_of([&] { check_error<dm::data_error>([&] { read(file, ""); }, {"bytes", why}); });
    BOOST_TEST(memory < 4 * mebibyte);
  };
  refused(idx_header({4}), "more than the 12 bytes that it should hold");
  refused(idx_header({1000, 1000}), "more than the 1000012 bytes");
  refused(npy_header("(4,)"), "that it should hold");
  refused("text", "the format is not known");
  refused("", "the format is not known");
  refused(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x00", 12), "header is longer");
  // An archive does not begin with its size.
  const std::string archive = packed(folder, "PK\3\4") + many;
  const std::size_t memory = memory_of([&] { check_error<dm::data_error>([&] { read(archive, ""); }, {"that it should hold"}); });
  BOOST_TEST(memory < 100 * mebibyte);
}

BOOST_AUTO_TEST_CASE(a_packed_file_takes_little_more_than_what_it_holds) {
  const scratch_folder folder;
  constexpr std::size_t size = 20 * mebibyte;
  const std::string file = packed(folder, idx_header({20, 1024, 1024}) + std::string(size, 'x'));
  const std::size_t unpacked = memory_of([&] { BOOST_TEST(dm::io::open_array(bytes_of(file)).size() == size); });
  BOOST_TEST(unpacked < size + mebibyte);
  const std::size_t all = memory_of([&] { BOOST_TEST(read(file, "").values.size() == size); });
  BOOST_TEST(all < size * (1 + sizeof(float)) + mebibyte);
}

BOOST_AUTO_TEST_SUITE_END()
