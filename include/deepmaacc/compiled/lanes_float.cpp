// Networks of float on blocks of inputs: the delta tier.
#include <deepmaacc/model/lanes/delta_runner.hpp>
#include <deepmaacc/model/lanes/lane_builder.hpp>

namespace deepmaacc {

template class delta_runner<float>;
template model::lane_program<float> model::make_lane_program(const std::shared_ptr<const model::network_plan>&,
                                                             const std::vector<std::vector<const float*>>&, const input_regularity&,
                                                             model::factor_rounding<float>);

}  // namespace deepmaacc
