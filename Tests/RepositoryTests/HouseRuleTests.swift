import Foundation
import Testing

/// Rules of the house that a machine can check; CONTRIBUTING.md gives their reasons.
@Suite struct HouseRuleTests {
    static let fileLinesMax = 600
    static let functionLinesMax = 70

    @Test func `no file is longer than 600 lines`() throws {
        for folder in ["Sources", "Tests", "bench"] {
            for file in try SourceTree.swiftFiles(in: folder) {
                #expect(file.lines.count <= Self.fileLinesMax, "\(file.path) has \(file.lines.count) lines")
            }
        }
    }

    @Test func `no function is longer than 70 lines`() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for function in Self.functions(of: file) {
                #expect(
                    function.length <= Self.functionLinesMax,
                    "\(file.path):\(function.line) has \(function.length) lines")
            }
        }
    }

    @Test func `names say the job instead of Manager or Utils`() throws {
        let banned = [
            "Manager", "Helper", "Util", "Utils", "Common", "Misc", "Impl", "Processor", "Wrapper", "V2",
        ]
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for word in banned {
                #expect(!file.name.hasSuffix(word), "\(file.path): a file named …\(word)")
                for line in file.lines where Self.declaresType(line, endingIn: word) {
                    Issue.record("\(file.path): \(line)")
                }
            }
        }
    }

    @Test func `nothing is left for later`() throws {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        for folder in ["Sources", "Tests", "bench"] {
            for file in try SourceTree.swiftFiles(in: folder) {
                for mark in marks where file.lines.contains(where: { $0.contains(mark) }) {
                    Issue.record("\(file.path) holds \(mark)")
                }
            }
        }
    }

    @Test func `long-running work is started in the program, nowhere else`() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") where file.target != "weir" {
            for line in file.lines where line.contains("Task.detached") || line.contains(" Task {") {
                Issue.record("\(file.path): \(line)")
            }
        }
    }

    @Test func `every unsafe escape names what makes it right`() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for (index, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = file.lines[max(0, index - 6)..<index].contains { $0.contains("//") }
                #expect(before || line.contains("//"), "\(file.path):\(index + 1) gives no reason")
            }
        }
    }

    @Test func `tests do not sleep`() throws {
        for file in try SourceTree.swiftFiles(in: "Tests") where file.target != "RepositoryTests" {
            for line in file.lines where line.contains("Task.sleep") || line.contains("usleep(") {
                Issue.record("\(file.path): \(line)")
            }
        }
    }

    @Test func `the top level holds what ARCHITECTURE lists and nothing else`() throws {
        let allowed: Set<String> = [
            "Package.swift", "Package.resolved", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md",
            "LICENSE", "Makefile", "Sources", "Tests", "bench", "config", "docs", "data", "dist",
        ]
        let entries = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
        for entry in entries where !entry.hasPrefix(".") {
            #expect(allowed.contains(entry), "unexpected \(entry)")
        }
    }

    @Test(arguments: ["wal", "segment", "catalogue", "positions", "rules", "alerts"])
    func `every format on disk has its page`(format: String) {
        let page = SourceTree.root.appendingPathComponent("docs/formats/\(format).md")
        #expect(FileManager.default.fileExists(atPath: page.path))
    }

    /// Functions by indentation, which the formatter guarantees: from `func` or `init` to the brace in its column.
    private static func functions(of file: SourceTree.SourceFile) -> [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        for (start, line) in file.lines.enumerated() {
            let text = line.drop { $0 == " " }
            let isFunction = text.contains("func ") || text.hasPrefix("init") || text.contains(" init(")
            guard isFunction, !text.hasPrefix("//") else { continue }
            let close = String(repeating: " ", count: line.count - text.count) + "}"
            // A declaration without a body, as in a protocol, ends before anything is closed in its column.
            guard let end = file.lines[(start + 1)...].firstIndex(where: { $0 == close }) else { continue }
            let body = file.lines[start...end]
            guard body.contains(where: { $0.hasSuffix("{") }), Self.isOneBlock(body, indent: close.count - 1) else {
                continue
            }
            found.append((start + 1, end - start + 1))
        }
        return found
    }

    private static func isOneBlock(_ lines: ArraySlice<Substring>, indent: Int) -> Bool {
        // Nothing between the first and last line may stand at or left of the declaration, except its own parentheses.
        lines.dropFirst().dropLast().allSatisfy { line in
            let text = line.drop { $0 == " " }
            return text.isEmpty || line.count - text.count > indent || text.hasPrefix(")") || text.hasPrefix("where")
        }
    }

    private static func declaresType(_ line: Substring, endingIn word: String) -> Bool {
        let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        for (keyword, name) in zip(words, words.dropFirst()) {
            if ["struct", "class", "enum", "actor", "protocol"].contains(keyword), name.hasSuffix(word) { return true }
        }
        return false
    }
}
