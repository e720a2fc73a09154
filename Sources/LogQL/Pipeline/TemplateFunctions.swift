import WeirTemplate

/// The functions of `line_format` and `label_format` besides those that every template has: Loki's own, and what it
/// takes from the sprig collection.
///
/// The environment of a rendering is the line and its time, in this order.
enum TemplateFunctions {
    typealias Failure = TemplateFunction.Failure

    /// The most bytes that a function makes: a template must not fill the memory.
    static let resultBytesMax = 4 << 20

    /// All functions by name.
    ///
    /// - Parameters:
    ///   - now: the clock, in nanoseconds since 1970 UTC.
    ///   - zones: time zones by name.
    static func all(
        now: @escaping @Sendable () -> Int64, zones: ZoneCache
    ) -> [String: TemplateFunction] {
        var functions = texts
        functions.merge(encodings) { first, _ in first }
        functions.merge(patterns()) { first, _ in first }
        functions.merge(numbers) { first, _ in first }
        functions.merge(times(now: now, zones: zones)) { first, _ in first }
        functions["__line__"] = TemplateFunction([]) { _, environment in environment[0] }
        functions["__timestamp__"] = TemplateFunction([]) { _, environment in environment[1] }
        functions["default"] = TemplateFunction([.any], variadic: .any) { arguments, _ in
            arguments.count > 1 && arguments[1].isTrue ? arguments[1] : arguments[0]
        }
        return functions
    }

    // MARK: Shapes of functions

    /// The bytes of an argument that was checked to be a string.
    static func bytes(_ value: TemplateValue) -> [UInt8] {
        guard case .string(let bytes) = value else { return [] }
        return bytes
    }

    static func text(_ value: TemplateValue) -> String { String(decoding: bytes(value), as: UTF8.self) }

    static func integer(_ value: TemplateValue) -> Int {
        guard case .integer(let number) = value else { return 0 }
        return Int(number)
    }

    /// A function of strings to a string.
    static func mapping(
        _ count: Int, _ body: @escaping @Sendable ([[UInt8]]) -> [UInt8]
    ) -> TemplateFunction {
        TemplateFunction(Array(repeating: .string, count: count)) { arguments, _ in
            .string(body(arguments.map(bytes)))
        }
    }

    /// A function of a number and a string to a string.
    static func sized(
        _ body: @escaping @Sendable (Int, [UInt8]) throws(Failure) -> [UInt8]
    ) -> TemplateFunction {
        TemplateFunction([.integer, .string]) { arguments, _ throws(Failure) in
            .string(try body(integer(arguments[0]), bytes(arguments[1])))
        }
    }

    static func checkSize(_ count: Int) throws(Failure) {
        guard count <= resultBytesMax else { throw Failure("result of \(count) bytes is too large") }
    }
}
