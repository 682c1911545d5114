// The sellers of a week, each in a world of its own; a request goes to the world that gave its token. One time for all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stocktracker/adapters/ozon.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/adapters/yandex_market.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/fault/bad_days.hpp"

class Street final : public stocktracker::HttpTransport {
 public:
  struct Seller {
    Seller(const stocktracker::testing::WorldOptions& wanted, const stocktracker::testing::WildberriesToken& shape)
        : options(wanted), world(wanted), token_shape(shape) {
      for (const stocktracker::Channel& channel : options.channels) tokens.push_back(world.token(channel, shape));
    }
    [[nodiscard]] stocktracker::Credentials credentials(const stocktracker::Channel& channel) const {
      if (channel == stocktracker::Channel::ozon) {
        return stocktracker::ozon::credentials(world.seller(channel), world.token(channel));
      }
      if (channel == stocktracker::Channel::yandex_market) {
        return stocktracker::yandex_market::credentials(world.token(channel));
      }
      return stocktracker::wildberries::credentials(world.token(channel, token_shape));
    }
    [[nodiscard]] bool lied_to(const stocktracker::Channel& channel) const {
      const stocktracker::Instant now = world.clock()->now();
      if (channel == stocktracker::Channel::wildberries && now < report_empty_until) return true;
      return lie && lie->channel == channel && now < lie_until;
    }

    stocktracker::testing::WorldOptions options;
    stocktracker::testing::World world;
    stocktracker::testing::WildberriesToken token_shape;
    std::vector<stocktracker::Secret> tokens;
    std::optional<Lie> lie;
    stocktracker::Instant lie_until;
    std::size_t lie_keeps = 0;
    stocktracker::Instant report_empty_until;
  };

  void move_in(const stocktracker::testing::WorldOptions& options,
               const stocktracker::testing::WildberriesToken& shape = {}) {
    sellers.push_back(std::make_unique<Seller>(options, shape));
  }
  // The engine's; it may be set back, the marketplaces' own are not.
  [[nodiscard]] const std::shared_ptr<stocktracker::testing::ManualClock>& clock() const { return clock_; }
  // Brings every world to the present.
  void catch_up() const {
    for (const auto& seller : sellers) seller->world.clock()->advance_to(present());
  }
  [[nodiscard]] stocktracker::Instant present() const { return clock_->now() + clock_->stepped_back(); }

  stocktracker::Result<stocktracker::HttpResponse> send(const stocktracker::HttpRequest& request,
                                                        const stocktracker::CallContext& context) override {
    for (const auto& seller : sellers) {
      if (!asked_by(*seller, request)) continue;
      auto& world = seller->world;
      world.clock()->advance_to(present());
      stocktracker::CallContext there = context;
      if (there.deadline != stocktracker::Instant::latest()) there.deadline = there.deadline + clock_->stepped_back();
      auto response = world.transport()->send(request, there);
      clock_->advance(world.clock()->now() - present());  // a slow answer
      if (response && response.value().status == 200 && seller->lie && world.clock()->now() < seller->lie_until &&
          request.url.find(seller->lie->path) != std::string::npos) {
        response.value().body = emptied(std::move(response.value().body), seller->lie->list, seller->lie_keeps);
      }
      return response;
    }
    return stocktracker::Errc::connect_failed;
  }

  std::vector<std::unique_ptr<Seller>> sellers;

 private:
  static bool asked_by(const Seller& seller, const stocktracker::HttpRequest& request) {
    for (const stocktracker::Secret& token : seller.tokens) {
      for (const auto& header : request.secret_headers) {
        if (header.value.reveal() == token.reveal()) return true;
      }
    }
    return false;
  }

  std::shared_ptr<stocktracker::testing::ManualClock> clock_ = std::make_shared<stocktracker::testing::ManualClock>();
};
