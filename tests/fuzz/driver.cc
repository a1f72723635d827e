// Runs a fuzz target without libFuzzer: every seed file, then mutations of them from a fixed random
// sequence. It finds less than libFuzzer and needs no clang; `make fuzz` is the real thing.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

void run(const Bytes& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

std::vector<Bytes> read_seeds(const char* folder) {
  std::vector<Bytes> seeds;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void mutate(Bytes& input, const std::vector<Bytes>& seeds, std::mt19937_64& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  switch (random() % 6) {
    case 0:
      if (!input.empty()) input[below(input.size())] = static_cast<std::uint8_t>(random());
      return;
    case 1:
      if (!input.empty()) input.erase(input.begin() + static_cast<std::ptrdiff_t>(below(input.size())));
      return;
    case 2: {
      const std::size_t at = below(input.size() + 1);
      input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), 1 + below(16),
                   static_cast<std::uint8_t>(random()));
      return;
    }
    case 3: input.resize(below(input.size() + 1)); return;
    case 4: {  // a piece of another seed
      const Bytes& other = seeds[below(seeds.size())];
      const std::size_t from = below(other.size());
      const std::size_t length = below(other.size() - from + 1);
      const std::size_t at = below(input.size() + 1);
      input.insert(input.begin() + static_cast<std::ptrdiff_t>(at),
                   other.begin() + static_cast<std::ptrdiff_t>(from),
                   other.begin() + static_cast<std::ptrdiff_t>(from + length));
      return;
    }
    default: {  // a piece of itself, again and again: depth and size
      const Bytes copy = input;
      for (int i = 0; i < 4 && input.size() < 100'000; ++i) {
        input.insert(input.end(), copy.begin(), copy.end());
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: %s SEED_FOLDER [SECONDS]\n", argv[0]), 2;
  const auto seconds = std::chrono::seconds(argc > 2 ? std::atoi(argv[2]) : 3);
  const std::vector<Bytes> seeds = read_seeds(argv[1]);
  if (seeds.empty()) return std::fprintf(stderr, "no seeds in %s\n", argv[1]), 2;
  for (const Bytes& seed : seeds) run(seed);

  std::mt19937_64 random(20240917);
  const auto end = std::chrono::steady_clock::now() + seconds;
  std::size_t runs = seeds.size();
  while (std::chrono::steady_clock::now() < end) {
    Bytes input = seeds[random() % seeds.size()];
    for (std::uint64_t i = 1 + random() % 8; i > 0; --i) mutate(input, seeds, random);
    run(input);
    ++runs;
  }
  std::printf("%zu inputs, none broke it\n", runs);
  return 0;
}
