internal import LogQL
internal import WeirBytes
internal import WeirTemplate

/// The functions of templates in stages: Loki's, Promtail's two hashes, and what else people use of sprig.
enum StageFunctions {
    /// All functions by name.
    static func all(_ resources: StageResources) -> [String: TemplateFunction] {
        var functions = TemplateLibrary.functions(now: resources.now, zoneFile: resources.zoneFile)
        functions["Hash"] = hash { SHA3.digest($0) }
        functions["Sha2Hash"] = hash { SHA256.digest($0) }
        functions["sha256sum"] = TemplateFunction([.string]) { arguments, _ in
            .text(hexadecimal(SHA256.digest(arguments[0].printed)))
        }
        functions.merge(choices) { _, new in new }
        functions.merge(lists) { _, new in new }
        return functions
    }

    private static func hash(_ digest: @escaping @Sendable ([UInt8]) -> [UInt8]) -> TemplateFunction {
        TemplateFunction([.string, .string]) { arguments, _ in
            .text(hexadecimal(digest(arguments[0].printed + arguments[1].printed)))
        }
    }

    private static let choices: [String: TemplateFunction] = [
        "empty": TemplateFunction([.any]) { arguments, _ in .bool(!arguments[0].isTrue) },
        "coalesce": TemplateFunction([], variadic: .any) { arguments, _ in
            arguments.first { $0.isTrue } ?? .none
        },
        "ternary": TemplateFunction([.any, .any, .any]) { arguments, _ in
            arguments[2] == .bool(true) ? arguments[0] : arguments[1]
        },
        "toString": TemplateFunction([.any]) { arguments, _ in .string(arguments[0].printed) },
        "quote": TemplateFunction([], variadic: .any) { arguments, _ in
            .string(quoted(arguments) { Array("\"".utf8) + escaped($0) + Array("\"".utf8) })
        },
        "squote": TemplateFunction([], variadic: .any) { arguments, _ in
            .string(quoted(arguments) { Array("'".utf8) + $0 + Array("'".utf8) })
        },
        "cat": TemplateFunction([], variadic: .any) { arguments, _ in .string(quoted(arguments) { $0 }) },
        "nospace": TemplateFunction([.string]) { arguments, _ in
            .string(arguments[0].printed.filter { $0 > 0x20 })
        },
    ]

    private static let lists: [String: TemplateFunction] = [
        "list": TemplateFunction([], variadic: .any) { arguments, _ in .list(arguments) },
        "first": TemplateFunction([.any]) { arguments, _ in items(arguments[0]).first ?? .none },
        "last": TemplateFunction([.any]) { arguments, _ in items(arguments[0]).last ?? .none },
        "splitList": TemplateFunction([.string, .string]) { arguments, _ in
            .list(split(arguments[1].printed, at: arguments[0].printed).map { .string($0) })
        },
        "join": TemplateFunction([.string, .any]) { arguments, _ in
            .string(Array(items(arguments[1]).map(\.printed).joined(separator: arguments[0].printed)))
        },
    ]

    private static func items(_ value: TemplateValue) -> [TemplateValue] {
        if case .list(let items) = value { return items }
        return value == .none ? [] : [value]
    }

    /// The values that are there, each in its form, with blanks between them.
    private static func quoted(_ values: [TemplateValue], _ form: ([UInt8]) -> [UInt8]) -> [UInt8] {
        Array(values.filter { $0 != .none }.map { form($0.printed) }.joined(separator: [0x20]))
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): Array("\\n".utf8)
            case UInt8(ascii: "\t"): Array("\\t".utf8)
            default: [byte]
            }
        }
    }

    private static func split(_ bytes: [UInt8], at separator: [UInt8]) -> [[UInt8]] {
        guard !separator.isEmpty else { return bytes.map { [$0] } }
        var parts: [[UInt8]] = []
        var start = 0
        var position = 0
        while position + separator.count <= bytes.count {
            if bytes[position...].starts(with: separator) {
                parts.append(Array(bytes[start..<position]))
                position += separator.count
                start = position
            } else {
                position += 1
            }
        }
        parts.append(Array(bytes[start...]))
        return parts
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
