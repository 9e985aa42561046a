// Networks of double on blocks of inputs: the delta tier.
#include <deepmaacc/model/lanes/delta_runner.hpp>
#include <deepmaacc/model/lanes/lane_builder.hpp>

namespace deepmaacc {

template class delta_runner<double>;
template model::lane_program<double> model::make_lane_program(const std::shared_ptr<const model::network_plan>&,
                                                              const std::vector<std::vector<const double*>>&, const input_regularity&,
                                                              model::factor_rounding<double>);

}  // namespace deepmaacc
