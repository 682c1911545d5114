// What a doctor finds amiss, as a text, so that a check that fails shows it.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/stocktracker.hpp>

// Empty where everything is sound. A doctor that has looked at nothing has found nothing sound.
inline std::string amiss(const stocktracker::Result<std::vector<stocktracker::StorageFinding>>& findings) {
  if (!findings) return findings.error().text();
  if (findings.value().empty()) return "the doctor has looked at nothing";
  std::string text;
  for (const auto& finding : findings.value()) {
    if (!finding.ok) text += finding.subject + ": " + finding.detail + "\n";
  }
  return text;
}
