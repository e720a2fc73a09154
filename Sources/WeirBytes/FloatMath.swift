internal import CKernels

/// Functions of numbers that Swift's library lacks.
public enum FloatMath {
    /// `base` to the power of `exponent`, with IEEE's rules for zeros, infinities and NaN.
    public static func power(_ base: Double, _ exponent: Double) -> Double { weir_power(base, exponent) }
    /// e to the power of `exponent`.
    public static func exponential(_ exponent: Double) -> Double { weir_exponential(exponent) }
    /// The natural logarithm; NaN below zero.
    public static func logarithm(_ value: Double) -> Double { weir_logarithm(value) }
    /// The logarithm to base 2, exact for powers of it.
    public static func logarithm2(_ value: Double) -> Double { weir_logarithm2(value) }
    /// The logarithm to base 10, exact for powers of it.
    public static func logarithm10(_ value: Double) -> Double { weir_logarithm10(value) }
}
