import Testing
import WeirAgent
import WeirSystem
import WeirTesting

@Suite struct GlobTests {
    private func check(_ pattern: String, _ path: String, _ expected: Bool) {
        #expect(Glob(pattern).matches(path) == expected, "\(pattern) on \(path)")
    }

    @Test func `patterns match whole paths`() {
        check("/var/log/*.log", "/var/log/a.log", true)
        check("/var/log/*.log", "/var/log/a.log.1", false)
        check("/var/log/*.log", "/var/log/sub/a.log", false)
        check("/var/log/a?.log", "/var/log/ab.log", true)
        check("/var/log/a?.log", "/var/log/a.log", false)
        check("/var/log/[a-c]x", "/var/log/bx", true)
        check("/var/log/[!a-c]x", "/var/log/bx", false)
        check("/var/log/[]x]", "/var/log/]", true)
        check("/var/log/{a,b{c,d}}.log", "/var/log/bd.log", true)
        check("/var/log/{a,b{c,d}}.log", "/var/log/b.log", false)
        check("/var/**/x.log", "/var/x.log", true)
        check("/var/**/x.log", "/var/a/b/x.log", true)
        check("/var/**", "/var/a/b", true)
        check("/var/*a*b*c", "/var/aXbXbXc", true)
        check("/var/[", "/var/[", true)
        check("/var/\\*", "/var/*", true)
        check("/var/{a", "/var/{a", true)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = "/" + String(repeating: "*a", count: 200) + "b"
        check(pattern, "/" + String(repeating: "a", count: 5_000), false)
    }

    @Test func `files are found and their folders named`() throws {
        let folder = TemporaryFolder()
        let system = PosixFileSystem()
        for path in ["a/1.log", "a/2.txt", "b/3.log", "b/c/4.log", ".hidden/5.log"] {
            try system.createFolder(FolderPath.parent(of: folder.path + "/" + path)!)
            try system.open(folder.path + "/" + path, .create).close()
        }
        func find(_ pattern: String) -> [String] {
            Glob(folder.path + "/" + pattern).expand(on: system).files.keys.sorted().map {
                String($0.dropFirst(folder.path.utf8.count + 1))
            }
        }
        #expect(find("*/*.log") == ["a/1.log", "b/3.log"])
        #expect(find("**/*.log") == [".hidden/5.log", "a/1.log", "b/3.log", "b/c/4.log"])
        #expect(find("{a,b}/[0-9].{log,txt}") == ["a/1.log", "a/2.txt", "b/3.log"])
        #expect(find("a/1.log") == ["a/1.log"])
        #expect(find("missing/*.log") == [])
        #expect(Glob(folder.path + "/*/*.log").expand(on: system).folders.contains(folder.path + "/a"))
    }
}
