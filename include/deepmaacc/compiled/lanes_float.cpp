// Networks of float on blocks of inputs: the delta tier.
#include <deepmaacc/network/lanes/delta_runner.hpp>
#include <deepmaacc/network/lanes/make_lane_program.hpp>

namespace deepmaacc {

template class delta_runner<float>;
template by_lanes::lane_program<float> by_lanes::make_lane_program(const std::shared_ptr<const network_plan>&,
                                                                   const std::vector<const float*>&, const input_regularity&,
                                                                   by_lanes::factor_rounding<float>);

}  // namespace deepmaacc
