import Testing
import WeirTesting

/// The queries that an operator of the automation orchestrator keeps at hand, against a server.
@Suite struct SeedQueryTests {
    private let server: TestServer

    private static let lines = [
        #"{"level":"error","status":500,"duration":1500,"message":"upstream failed"}"#,
        #"{"level":"info","status":"500","duration":"999.5","message":"as text"}"#,
        #"{"level":"info","status":200,"duration":1000,"message":"at the bound"}"#,
        #"{"level":"info","status":200,"duration":1000.5,"message":"auth_failed"}"#,
        #"{"level":"warn","status":401,"duration":20,"message":"auth_failed","db_duration":5001}"#,
        #"{"level":"info","status":200,"duration":90,"message":"slow query","db_duration":12000,"rows":3}"#,
        #"{"level":"info","status":200,"duration":9,"message":"fast query","db_duration":5000}"#,
        #"{"level":"info","message":"no status at all","nested":{"status":500}}"#,
        #"{"level":"info","status":5000,"message":"status=500"}"#,
    ]

    init() async throws {
        server = try await TestServer()
        try server.push(["job": "automation-orchestrator"], lines: SeedQueryTests.lines, start: server.start + 1)
        try server.push(["job": "other"], lines: SeedQueryTests.lines, start: server.start + 1)
    }

    @Test(arguments: [
        // Recent errors
        (#"{job="automation-orchestrator"} | json | status="500""#, [0, 1]),
        // Request latency
        (#"{job="automation-orchestrator"} | json | duration > 1000"#, [0, 3]),
        // Authentication failures
        (#"{job="automation-orchestrator"} | json | message="auth_failed""#, [3, 4]),
        // Database query slow
        (#"{job="automation-orchestrator"} | json | db_duration > 5000"#, [4, 5]),
    ])
    func `kept queries find their lines`(query: String, expected: [Int]) async throws {
        let process = try WeirProcess([
            "query", query, "--addr", server.address, "--forward", "-o", "raw",
            "--from", String(server.start - 3_600_000_000_000), "--to", String(server.start + 3_600_000_000_000),
        ])
        #expect(await process.waitForExit() == 0, "\(process.errors)")
        #expect(process.output.split(separator: "\n").map(String.init) == expected.map { SeedQueryTests.lines[$0] })
    }
}
