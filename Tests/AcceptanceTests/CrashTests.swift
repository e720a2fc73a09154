import Foundation
import Synchronization
import Testing
import WeirSystem
import WeirTesting

/// What was acknowledged is there, once, however the server ended.
@Suite(.serialized) struct CrashTests {
    /// One sender's stream of batches; a batch that was not acknowledged is sent again.
    struct Sender: Sendable {
        static let linesPerBatch = 20

        let number: Int
        /// Where its lines begin in time.
        let start: Int64
        var nextBatch = 0

        /// The lines of a batch, distinct from all others.
        func lines(ofBatch batch: Int) -> [String] {
            (0..<Self.linesPerBatch).map { "sender \(number) batch \(batch) line \($0) \"quoted\" \\ tab\t\u{1F600}" }
        }

        /// Pushes batches on one connection until the server stops answering.
        mutating func pushUntilFailure(port: Int, acknowledged: AckCounter) {
            guard let connection = try? HTTPConnection(port: port) else { return }
            while !acknowledged.isDone {
                let start = start + Int64(nextBatch) * 1000
                let labels = ["job": "crash", "sender": "\(number)"]
                let body = TestServer.pushBody(labels, lines: lines(ofBatch: nextBatch), start: start)
                let headers = ["Content-Type": "application/json"]
                let reply = try? connection.ask("POST", "/loki/api/v1/push", headers: headers, body: body)
                guard reply?.status == 204 else { return }
                nextBatch += 1
                acknowledged.add()
            }
        }
    }

    private static func senders(of server: TestServer) -> [Sender] {
        (0..<4).map { Sender(number: $0, start: server.start) }
    }

    /// Acknowledgements of one round over all senders.
    final class AckCounter: Sendable {
        private let count = Atomic(0)
        private let limit: Int

        init(limit: Int = .max) {
            self.limit = limit
        }

        var value: Int { count.load(ordering: .relaxed) }
        var isDone: Bool { value >= limit }
        func add() { count.add(1, ordering: .relaxed) }
    }

    /// Lets all senders push at once; returns them as they are when the server has gone or the limit is reached.
    private func push(
        _ senders: [Sender], to server: TestServer, on threads: WorkExecutor, _ acknowledged: AckCounter,
        meanwhile: () async -> Void = {}
    ) async throws -> [Sender] {
        let port = server.port
        return try await withThrowingTaskGroup(of: Sender.self) { group in
            for sender in senders {
                group.addTask {
                    try await threads.run {
                        var sender = sender
                        sender.pushUntilFailure(port: port, acknowledged: acknowledged)
                        return sender
                    }
                }
            }
            await meanwhile()
            var after = senders
            for try await sender in group { after[sender.number] = sender }
            return after
        }
    }

    /// Every line of every acknowledged batch is there once, and nothing that was never sent.
    private func check(_ senders: [Sender], on server: TestServer) throws {
        for sender in senders {
            let found = try server.lines(of: "{job=\"crash\", sender=\"\(sender.number)\"}")
            let acknowledged = (0..<sender.nextBatch).flatMap { sender.lines(ofBatch: $0) }
            #expect(Array(found.prefix(acknowledged.count)) == acknowledged, "sender \(sender.number)")
            // What came after was sent, but its acknowledgement was lost: a batch is stored as a whole or not at all.
            let pending = sender.lines(ofBatch: sender.nextBatch)
            let rest = Array(found.dropFirst(acknowledged.count))
            #expect(rest.isEmpty || rest == pending, "sender \(sender.number): \(rest.count) lines more")
        }
    }

    @Test(arguments: [UInt64(1)])
    func `a server killed twenty times while it takes pushes keeps every acknowledged line once`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let server = try await TestServer()
        let threads = WorkExecutor(name: "senders", threads: 4)
        defer { threads.shutdown() }
        var senders = Self.senders(of: server)
        for round in 0..<20 {
            let acknowledged = AckCounter()
            let enough = Int.random(in: 1...30, using: &random)
            senders = try await push(senders, to: server, on: threads, acknowledged) {
                #expect(await eventually { acknowledged.value >= enough }, "round \(round)")
                server.process.kill()
            }
            try await server.restart()
            if round % 10 == 9 { try check(senders, on: server) }
        }
        // The batches that were cut off are sent again; they must not come twice where they had arrived after all.
        senders = try await push(senders, to: server, on: threads, AckCounter(limit: 20))
        try check(senders, on: server)
        let answer = try server.lines(of: "{job=\"crash\"}")
        #expect(answer.count == Set(answer).count)
    }

    @Test(arguments: [UInt64(2)])
    func `a server killed while it seals, merges and drops days keeps every line that is not past its time`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let server = try await TestServer(more: "retention: 100h\nstore: {head_size: 16KB}\n")
        let threads = WorkExecutor(name: "senders", threads: 5)
        defer { threads.shutdown() }
        let day: Int64 = 86_400_000_000_000
        var senders = Self.senders(of: server)
        for round in 0..<15 {
            // A day that is past its time as a whole comes again and again.
            try server.push(["job": "past"], lines: ["past \(round)"], start: server.start - 6 * day + Int64(round))
            let acknowledged = AckCounter()
            let enough = Int.random(in: 1...20, using: &random)
            let port = server.port
            senders = try await push(senders, to: server, on: threads, acknowledged) {
                #expect(await eventually { acknowledged.value >= enough }, "round \(round)")
                // Segments pile up, so that merges are under way when it dies.
                _ = try? await threads.run { try HTTPConnection(port: port).ask("POST", "/flush").status }
                server.process.kill()
            }
            try await server.restart()
        }
        try check(senders, on: server)
        #expect(try server.lines(of: "{job=\"past\"}").isEmpty)
        server.process.kill()
        let doctor = try WeirProcess(["doctor", server.folder.path + "/data"])
        #expect(await doctor.waitForExit() == 0, "\(doctor.output)\(doctor.errors)")
    }

    @Test func `a termination in the middle of pushes loses nothing and exits with 0`() async throws {
        let server = try await TestServer()
        let threads = WorkExecutor(name: "senders", threads: 4)
        defer { threads.shutdown() }
        let acknowledged = AckCounter()
        let senders = try await push(Self.senders(of: server), to: server, on: threads, acknowledged) {
            #expect(await eventually { acknowledged.value >= 30 })
            server.process.signal(SIGTERM)
        }
        #expect(await server.process.waitForExit() == 0, "\(server.process.errors)")
        try await server.restart()
        try check(senders, on: server)
    }

    @Test func `a flush moves everything into segments and changes no answer`() async throws {
        let server = try await TestServer()
        let threads = WorkExecutor(name: "senders", threads: 4)
        defer { threads.shutdown() }
        let senders = try await push(Self.senders(of: server), to: server, on: threads, AckCounter(limit: 40))
        try check(senders, on: server)
        #expect(try HTTPConnection(port: server.port).ask("POST", "/flush").status == 204)
        try check(senders, on: server)
        server.process.kill()
        try await server.restart()
        try check(senders, on: server)
    }
}
