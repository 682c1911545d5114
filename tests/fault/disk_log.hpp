// Records what this process does to files under a folder, and builds what a power cut may have left of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace disk_log {

/// From now on, for everything under the folder `root`. What is there already counts as on the disk, and as the first
/// changes. What was recorded before is dropped.
void record(const std::string& root);
void stop();

/// How many changes were recorded so far.
std::size_t size();

/// Where cuts differ most: before and after each change that is no write of contents.
std::vector<std::size_t> turns();

/// A power cut after the first `until` changes, written to the folder `into`, which is made. What was flushed is there:
/// contents by the flush of their file, names by the flush of their folder. Of the contents that were not, each
/// 512-byte sector of each write may be there or not, in any combination; of the names in a folder the first few.
/// `seed` chooses.
void cut_power(std::size_t until, std::uint64_t seed, const std::string& into);
/// What a process leaves that is killed there: all of the first `until` changes.
void kill(std::size_t until, const std::string& into);

}  // namespace disk_log
