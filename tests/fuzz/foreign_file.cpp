// The bytes are a file that somebody wants imported: it becomes a fresh file that is imported again, or an error.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

// In memory where there is such a place: a disk would be waited for.
const TempFolder& folder() {
  static const TempFolder made(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path());
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string given = folder().file("given.db");
  const int file = ::open(given.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  ::close(file);

  st::ForeignFileOptions options{.path = given, .schema = st::schema(), .max_rows = 10'000};
  options.new_owner = st::TenantId(st::Uuid::v7(st::Instant::from_seconds(5), 1, 2));
  const std::string fresh = folder().file("fresh.db");
  const auto read = st::read_foreign_file(options, fresh);
  if (read) {
    options.path = fresh;
    const auto again = st::read_foreign_file(options, folder().file("again.db"));
    if (!again || again.value().rows != read.value().rows) std::abort();
  } else if (read.error().text().empty() || read.error().kind() == st::ErrorKind::internal) {
    std::abort();
  }
  for (const char* name : {"fresh.db", "again.db"}) ::unlink(folder().file(name).c_str());
  if (::unlink(given.c_str()) != 0) std::abort();
  return 0;
}
