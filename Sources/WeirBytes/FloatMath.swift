internal import CKernels

/// Functions of numbers that Swift's library lacks.
public enum FloatMath {
    /// `base` to the power of `exponent`, with IEEE's rules for zeros, infinities and NaN.
    public static func power(_ base: Double, _ exponent: Double) -> Double { weir_power(base, exponent) }
}
