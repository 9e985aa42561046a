// Networks of float on blocks of inputs: the delta tier.
#include <deepmaacc/network/elementwise.hpp>
#include <deepmaacc/network/lanes/delta_runner.hpp>
#include <deepmaacc/network/lanes/make_lane_program.hpp>

namespace deepmaacc {

template void detail::apply_in_place(const unary_function&, std::span<float>, row_steps);
template class delta_runner<float>;
template by_lanes::lane_program<float> by_lanes::make_lane_program(const std::shared_ptr<const network_plan>&,
                                                                   const std::vector<const float*>&, const input_regularity&,
                                                                   by_lanes::factor_rounding<float>);

}  // namespace deepmaacc
