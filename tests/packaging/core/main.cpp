#include <deepmaacc/core/version.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <string>

// [1 2] · [3 4]ᵀ = 11, by the BLAS that the package links.
int main() {
  const float a[] = {1, 2}, b[] = {3, 4};
  float c = 0;
  deepmaacc::matrix_product(deepmaacc::this_thread{}, deepmaacc::matrix<const float>(a, 1, 2), deepmaacc::matrix<const float>(b, 2, 1),
                            deepmaacc::matrix<float>(&c, 1, 1));
  return c == 11 && deepmaacc::version() == PACKAGE_VERSION ? 0 : 1;
}
