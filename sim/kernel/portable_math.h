#pragma once

namespace neph {

// The mathematics of a run, in + - * / and bit operations only. The C library's functions give other last
// bits on other machines; these give the same ones wherever doubles are IEEE 754 and the compiler does not
// contract (-ffp-contract=off). Relative error below 1e-14 where nothing else is said.

/// e to the power x. 0 below -745, infinity above 709.78, not-a-number stays so.
double portableExp(double x);

/// Natural logarithm. Minus infinity at 0, not-a-number below.
double portableLog(double x);

/// x to the power y for x >= 0; relative error below 1e-15 * (10 + |y ln x|). portablePow(0, y) is 0 for
/// y > 0, 1 for y = 0, infinity for y < 0; a negative x gives not-a-number.
double portablePow(double x, double y);

/// The value below which a standard normal variable lies with probability p, 0 < p < 1
/// (Wichura, "Algorithm AS 241", Applied Statistics 37, 1988).
double portableNormalQuantile(double p);

}  // namespace neph
