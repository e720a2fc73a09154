internal import Glibc

/// What a test run was asked for from outside.
public enum ProcessEnvironment {
    /// The whole number in a variable; nil when it is not set or is none.
    public static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }
}
