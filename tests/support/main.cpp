// The main function of all Catch2 executables: a case without any check fails.
#define CATCH_CONFIG_RUNNER
#include "tests/support/catch.hpp"

// A case that checks nothing fails: all its loops were empty, or it left before the first check.
int main(int argc, char** argv) {
  Catch::Session session;
  session.configData().warnings = Catch::WarnAbout::NoAssertions;
  return session.run(argc, argv);
}
