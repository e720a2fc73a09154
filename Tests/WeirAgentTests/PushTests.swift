import Synchronization
import Testing
import WeirAgent
import WeirBytes
import WeirModel
import WeirSystem

@Suite struct PushTests {
    private struct FixedRandom: RandomSource {
        var value: UInt64
        func next() -> UInt64 { value }
    }

    /// Answers with what it was told to, one after the other, and keeps what it was sent.
    private final class ScriptedSender: HTTPSender {
        private let state:
            Mutex<(answers: [Result<HTTPAnswer, HTTPSendError>], headers: [[(name: String, value: String)]])>

        init(_ answers: [Result<HTTPAnswer, HTTPSendError>]) { state = Mutex((answers, [])) }

        var headers: [[(name: String, value: String)]] { state.withLock { $0.headers } }

        func post(
            url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
        ) async throws(HTTPSendError) -> HTTPAnswer {
            let answer = state.withLock { state in
                state.headers.append(headers)
                return state.answers.isEmpty ? .failure(.timeout) : state.answers.removeFirst()
            }
            return try answer.get()
        }
    }

    private func rows() -> LineBatch {
        var batch = LineBatch()
        batch.streams = [["app": "web"], ["app": "api"]]
        batch.appendRow(stream: 0, timestamp: 1_000_000_007, copying: Array("one".utf8))
        batch.appendRow(stream: 1, timestamp: 2, copying: Array("two".utf8))
        batch.addMetadata(name: "id".utf8, value: "7".utf8)
        batch.appendRow(stream: 0, timestamp: 3, copying: [])
        return batch
    }

    private func deliver(
        _ answers: [Result<HTTPAnswer, HTTPSendError>], _ configuration: ClientConfiguration? = nil
    ) async throws -> (outcome: DeliveryOutcome, waits: [Duration], sender: ScriptedSender) {
        let sender = ScriptedSender(answers)
        let waits = Mutex<[Duration]>([])
        let client = PushClient(
            configuration ?? ClientConfiguration(url: "http://localhost/push"), sender: sender,
            random: FixedRandom(value: 0), pause: { wait in waits.withLock { $0.append(wait) } })
        let outcome = try await client.deliver(client.prepare(rows(), tenant: nil))
        return (outcome, waits.withLock { $0 }, sender)
    }

    @Test func `waits double from the least to the most, half of each at random`() {
        var configuration = BackoffConfiguration()
        configuration.minimum = .milliseconds(500)
        configuration.maximum = .seconds(3)
        var low = Backoff(configuration)
        var high = Backoff(configuration)
        let lows = (0..<5).map { _ in low.next(random: 0) / 1_000_000 }
        let highs = (0..<5).map { _ in high.next(random: 250_000_000 * 12) / 1_000_000 }
        #expect(lows == [250, 500, 1_000, 1_500, 1_500])
        for (least, wait) in zip(lows, highs) { #expect(wait >= least && wait <= 2 * least) }
        #expect(low.next(random: 0, retryAfter: 2_000_000_000) == 2_000_000_000)
        #expect(low.next(random: 0, retryAfter: 90_000_000_000) == 3_000_000_000)
        for _ in 0..<100 { #expect(low.next(random: .max) <= 3_000_000_000) }
    }

    @Test func `broken connections, 429 and 5xx are tried again, for as long as it takes`() async throws {
        let limited = HTTPAnswer(status: 429, headers: [(name: "retry-after", value: "4")])
        let result = try await deliver([
            .failure(.unreachable("refused")), .success(HTTPAnswer(status: 503)), .success(limited),
            .success(HTTPAnswer(status: 204)),
        ])
        #expect(result.outcome == .delivered)
        #expect(result.waits == [.milliseconds(250), .milliseconds(500), .seconds(4)])
    }

    @Test func `any other refusal is final`() async throws {
        let answer = HTTPAnswer(status: 400, bodyPrefix: Array("entry too far behind".utf8))
        let result = try await deliver([.success(answer)])
        #expect(
            result.outcome
                == .refused(reason: "ingester_error", message: "server answered 400: entry too far behind"))
        #expect(result.waits.isEmpty)
    }

    @Test func `tenant, credentials and own headers are sent, and never printed`() async throws {
        var configuration = ClientConfiguration(url: "http://localhost/push")
        configuration.tenant = "team-a"
        configuration.authorization = .basic(user: "user", password: Secret("pass?word"))
        configuration.headers = ["X-Key": Secret("value")]
        let result = try await deliver([.success(HTTPAnswer(status: 200))], configuration)
        let headers = result.sender.headers[0].map { "\($0.name): \($0.value)" }
        #expect(headers.contains("Authorization: Basic dXNlcjpwYXNzP3dvcmQ="))
        #expect(headers.contains("X-Scope-OrgID: team-a"))
        #expect(headers.contains("X-Key: value"))
        #expect(headers.contains("Content-Type: application/x-protobuf"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!(dumped + "\(configuration)").contains("pass?word"))
    }

    @Test func `a push request holds the rows by stream with the external labels`() throws {
        var configuration = ClientConfiguration(url: "http://localhost/push")
        configuration.externalLabels = ["host": "a", "app": "all"]
        let client = PushClient(configuration, sender: ScriptedSender([]))
        guard case .encoded(let body) = client.prepare(rows(), tenant: nil).content else {
            Issue.record("not encoded")
            return
        }
        var expected = WireWriter()
        expected.message(field: 1) { stream in
            stream.text(field: 1, #"{app="all", host="a"}"#)
            stream.message(field: 2) { entry in
                entry.message(field: 1) { time in
                    time.varint(field: 1, 1)
                    time.varint(field: 2, 7)
                }
                entry.text(field: 2, "one")
            }
            stream.message(field: 2) { entry in
                entry.message(field: 1) { $0.varint(field: 2, 3) }
                entry.text(field: 2, "")
                entry.message(field: 3) { pair in
                    pair.text(field: 1, "id")
                    pair.text(field: 2, "7")
                }
            }
        }
        expected.message(field: 1) { stream in
            stream.text(field: 1, #"{app="all", host="a"}"#)
            stream.message(field: 2) { entry in
                entry.message(field: 1) { $0.varint(field: 2, 2) }
                entry.text(field: 2, "two")
            }
        }
        let decoded = try SnappyCodec.decompress(body, limit: 1 << 20)
        #expect(decoded == expected.bytes)
    }

    @Test func `a batch is due when full or old, and its parts are split by tenant`() {
        func append(_ batch: inout PushBatch, _ tenant: String?, _ text: String) {
            let stream = batch.stream(["app": "web"], tenant: tenant)
            Array(text.utf8).withUnsafeBytes { batch.append(stream: stream, timestamp: 1, line: $0) }
        }
        var batch = PushBatch(bytesMax: 10, ageMax: 1_000)
        #expect(batch.isEmpty)
        append(&batch, nil, "12345")
        batch.advance(FileKey(1), to: 6, now: 500)
        #expect(!batch.isDue(now: 600))
        #expect(batch.isDue(now: 600, room: 6))
        #expect(batch.isDue(now: 1_500))
        append(&batch, "b", "67890")
        #expect(batch.isDue(now: 600))
        let sealed = batch.seal()
        #expect(sealed.parts.map(\.tenant) == [nil, "b"])
        #expect(sealed.parts.map { $0.lines.lineText(ofRow: 0) } == ["12345", "67890"])
        #expect(sealed.marks == [FileKey(1): 6])
        #expect(batch.isEmpty)
        #expect(!batch.isDue(now: .max))
    }
}
