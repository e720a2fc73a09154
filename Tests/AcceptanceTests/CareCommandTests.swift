import Foundation
import Testing
import WeirSystem
import WeirTesting

/// `weir backup`, `restore` and `doctor` on a real server's data.
@Suite struct CareCommandTests {
    let server: TestServer
    let lines = (0..<500).map { "line \($0) of the tests" }

    init() async throws {
        server = try await TestServer()
        try server.push(["app": "web"], lines: Array(lines[..<300]), start: server.start)
        #expect(try HTTPConnection(port: server.port).ask("POST", "/flush").status == 204)
        // These are only in the WAL when a backup begins.
        try server.push(["app": "web"], lines: Array(lines[300...]), start: server.start + 300)
    }

    private var data: String { server.folder.path + "/data" }

    private func run(_ arguments: [String]) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try WeirProcess(arguments)
        let code = await process.waitForExit()
        return (code, process.output, process.errors)
    }

    /// The segments below a data folder.
    private func segments(of data: String) throws -> [String] {
        let files = server.folder.files
        return try files.list(data + "/parts").flatMap { day in
            try files.list(data + "/parts/" + day).filter { $0.hasSuffix(".wseg") }
                .map { data + "/parts/" + day + "/" + $0 }
        }
    }

    private func flipByte(of path: String, at offset: Int) throws {
        let file = try server.folder.files.open(path, .update)
        defer { file.close() }
        var byte: UInt8 = 0
        _ = try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0, at: offset) }
        try withUnsafeBytes(of: byte ^ 0x10) { try file.write($0, at: offset) }
    }

    @Test func `a backup of a running server restores to every acknowledged line, and nothing later`() async throws {
        let copy = server.folder.path + "/copy"
        let backup = try await run(["backup", copy, "--addr", server.address])
        #expect(backup.code == 0 && backup.errors.contains("all checksums right"), "\(backup.errors)")
        try server.push(["app": "web"], lines: ["after the backup"], start: server.start + 1000)

        let target = server.folder.path + "/restored"
        let restored = try await run(["restore", copy, "--data", target])
        #expect(restored.code == 0, "\(restored.errors)")
        server.process.kill()
        try server.folder.files.removeFolder(data)
        try server.folder.files.rename(target, to: data)
        try await server.restart()
        #expect(try server.lines(of: "{app=\"web\"}") == lines)
        try server.push(["app": "web"], lines: ["again"], start: server.start + 2000)
        #expect(try server.lines(of: "{app=\"web\"}").count == 501)
    }

    @Test func `the archive is tar's, and a folder with something in it is refused`() async throws {
        let taken = try await run(["backup", data, "--addr", server.address])
        #expect(taken.code == 1 && taken.errors.contains("Directory not empty"), "\(taken.errors)")
        let archive = server.folder.path + "/backup.tar"
        let curl = try WeirProcess(
            ["-sS", "-f", "-X", "POST", "-o", archive, server.address + "/weir/api/v1/backup"], command: "curl")
        #expect(await curl.waitForExit() == 0, "\(curl.errors)")
        let target = server.folder.path + "/unpacked"
        try server.folder.files.createFolder(target)
        let tar = try WeirProcess(["-xf", archive, "-C", target], command: "tar")
        #expect(await tar.waitForExit() == 0, "\(tar.errors)")
        let checked = try await run(["doctor", target])
        #expect(checked.code == 0 && checked.errors.contains("no damage"), "\(checked.output)\(checked.errors)")
    }

    @Test func `a data folder without a server is backed up with what its WAL holds`() async throws {
        let copy = server.folder.path + "/copy"
        let busy = try await run(["backup", copy, "--data", data])
        #expect(busy.code == 1 && busy.errors.contains("lock"), "\(busy.errors)")
        server.process.kill()
        let backup = try await run(["backup", copy, "--data", data])
        #expect(backup.code == 0, "\(backup.errors)")
        try server.folder.files.removeFolder(data)
        #expect(try await run(["restore", copy, "--data", data]).code == 0)
        try await server.restart()
        #expect(try server.lines(of: "{app=\"web\"}") == lines)
    }

    @Test func `doctor names the damaged file and byte, restore refuses it, repair takes a whole one back`()
        async throws
    {
        server.process.signal(SIGTERM)
        #expect(await server.process.waitForExit() == 0)
        let sound = try await run(["doctor", data])
        #expect(sound.code == 0 && sound.output.isEmpty, "\(sound.output)\(sound.errors)")

        let segment = try #require(try segments(of: data).first)
        let whole = try server.folder.files.contents(of: segment)
        try flipByte(of: segment, at: 64)
        let found = try await run(["doctor", data])
        #expect(found.code == 1)
        #expect(found.output.hasPrefix("damaged \(segment): \(segment) is damaged at byte "), "\(found.output)")
        let refused = try await run(["restore", data, "--data", server.folder.path + "/no"])
        #expect(refused.code == 1 && refused.errors.contains("is damaged at byte"), "\(refused.errors)")

        // The tail damaged, a start sets the segment aside; the whole file back, a repair takes it back.
        try flipByte(of: segment, at: whole.count - 10)
        try await server.restart()
        #expect(try server.lines(of: "{app=\"web\"}").count == 200)
        let busy = try await run(["doctor", data, "--repair"])
        #expect(busy.code == 1 && busy.errors.contains("lock"), "\(busy.errors)")
        server.process.kill()
        try AtomicReplace.write(whole, to: segment, on: server.folder.files)
        let repaired = try await run(["doctor", data, "--repair"])
        #expect(repaired.code == 0, "\(repaired.output)\(repaired.errors)")
        #expect(repaired.output.contains("took \(segment) back"))
        try await server.restart()
        #expect(try server.lines(of: "{app=\"web\"}") == lines)
    }

    @Test func `what is no data folder and no backup is refused`() async throws {
        let empty = server.folder.path + "/empty"
        try server.folder.files.createFolder(empty)
        let doctor = try await run(["doctor", empty])
        #expect(doctor.code == 1 && doctor.errors.contains("is no data folder"), "\(doctor.errors)")
        let restore = try await run(["restore", empty, "--data", empty + "/data"])
        #expect(restore.code == 1 && restore.errors.contains("is no backup"), "\(restore.errors)")
        let backup = try await run(["backup", empty + "/copy", "--addr", "127.0.0.1:1"])
        #expect(backup.code == 1 && backup.errors.contains("cannot reach"), "\(backup.errors)")
    }
}
