import Testing

/// Which target may import which: the table decides, the picture in ARCHITECTURE.md only shows it.
@Suite struct ImportArrowTests {
    static let arrows: [String: Set<String>] = [
        "WeirRegex": ["CRE2", "CKernels"],
        "WeirModel": ["WeirRegex"],
        "WeirTemplate": [],
        "WeirSystem": ["Glibc", "CAllocator"],
        "WeirBytes": ["CLZ4", "CZlib", "CSnappy", "CKernels"],
        "LogQL": ["WeirModel", "WeirBytes", "WeirRegex", "WeirTemplate"],
        "WeirStore": ["WeirModel", "WeirSystem", "WeirBytes", "GRDB", "FoundationEssentials"],  // GRDB's blobs are Data
        "LogMetrics": ["WeirModel", "WeirSystem", "WeirBytes", "LogQL", "GRDB", "FoundationEssentials"],
        "WeirRules": ["WeirModel", "WeirSystem", "WeirRegex", "WeirTemplate", "LogQL", "LogMetrics", "GRDB"],
        "WeirAlerts": ["WeirModel", "WeirSystem", "WeirBytes", "WeirRegex", "WeirTemplate", "GRDB"],
        "WeirAgent": ["WeirModel", "WeirSystem", "WeirBytes", "WeirRegex", "WeirTemplate", "LogQL"],
        "WeirAPI": ["WeirModel", "WeirBytes", "WeirRegex", "LogQL", "WeirAlerts"],
        "WeirConfig": [
            "WeirModel", "WeirStore", "LogQL", "WeirAgent", "WeirAPI", "WeirRules", "WeirAlerts", "Yams",
        ],
        "WeirTesting": ["Glibc", "WeirModel", "WeirSystem", "WeirBytes"],
    ]

    /// Part of the language's own library; no arrow.
    static let always: Set<String> = ["Synchronization"]

    /// The one place that joins the seams may import everything.
    static let joint = "weir"

    @Test func `every import follows an arrow`() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") where file.target != Self.joint {
            let allowed = try #require(Self.arrows[file.target], "no arrows for \(file.target)")
            for module in file.lines.compactMap(Self.importedModule) where !Self.always.contains(module) {
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `nothing imports the whole Foundation, which would link ICU`() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            #expect(!file.lines.contains { Self.importedModule($0) == "Foundation" }, "\(file.path)")
        }
    }

    private static func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 1, position + 1 < words.count else {
            return nil
        }
        let isImport = position == 0 || ["public", "internal", "package", "private", "fileprivate"].contains(words[0])
        return isImport ? String(words[position + 1]) : nil
    }
}
