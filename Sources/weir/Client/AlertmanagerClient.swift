internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import WeirAPI
internal import WeirBytes
internal import WeirModel
internal import WeirSystem

/// Sends alerts to an external Alertmanager, as Prometheus does.
///
/// News about an alert replaces older news that has not been delivered, so a queue cannot grow beyond the number of alerts,
/// and an Alertmanager that was away learns how things are, not how they were.
final class AlertmanagerClient: AlertSink, Service, Sendable {
    private struct State {
        var waiting: [LabelSet: Alert] = [:]
        var dropped = 0
        var sent = 0
        var failures = 0
    }

    /// The address of the API's endpoint for alerts.
    let url: String
    private let sender: any HTTPSender
    private let headers: [(name: String, value: String)]
    private let timeout: Duration
    private let alertsMax: Int
    private let logger: Logger
    private let state = Mutex(State())
    private let news: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// Prometheus' size of one request.
    private static let batchMax = 256

    /// - Parameter base: the address of the Alertmanager, with its prefix if it has one.
    init(
        base: String, headers: [String: String] = [:], timeout: Duration, alertsMax: Int, sender: any HTTPSender,
        logger: Logger
    ) {
        let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
        url = (trimmed.contains("://") ? trimmed : "http://" + trimmed) + "/api/v2/alerts"
        self.headers =
            [("Content-Type", "application/json"), ("User-Agent", "weir/\(Version.number)")]
            + headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        self.timeout = timeout
        self.alertsMax = alertsMax
        self.sender = sender
        self.logger = logger
        (news, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func receive(_ alerts: [Alert]) async {
        state.withLock { state in
            for alert in alerts {
                guard state.waiting[alert.labels] != nil || state.waiting.count < alertsMax else {
                    state.dropped += 1
                    continue
                }
                state.waiting[alert.labels] = alert
            }
        }
        bell.yield()
    }

    /// Delivers until graceful shutdown.
    func run() async throws {
        for await _ in news.cancelOnGracefulShutdown() {
            var pause = Duration.seconds(1)
            while case let batch = nextBatch(), !batch.isEmpty {
                if let reason = await deliver(batch) {
                    logger.warning("alerts not delivered", metadata: ["url": "\(url)", "reason": "\(reason)"])
                    let wait = pause
                    do {
                        try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
                    } catch {
                        return
                    }
                    pause = min(pause * 2, .seconds(30))
                } else {
                    pause = .seconds(1)
                }
                if Task.isShuttingDownGracefully || Task.isCancelled { return }
            }
        }
    }

    private func nextBatch() -> [Alert] {
        let waiting = state.withLock { $0.waiting.values.sorted { $0.labels < $1.labels } }
        return Array(waiting.prefix(Self.batchMax))
    }

    /// - Returns: why the batch is not delivered; nil when it is, or never will be.
    private func deliver(_ batch: [Alert]) async -> String? {
        let reason: String?
        do {
            let answer = try await sender.post(
                url: url, headers: headers, body: Self.json(batch), timeout: timeout)
            let text = String(decoding: answer.bodyPrefix, as: UTF8.self)
            reason = (200...299).contains(answer.status) ? nil : "status \(answer.status): \(text)"
            // What it refuses it would refuse again.
            guard answer.status >= 500 || answer.status == 429 else {
                if let reason { logger.error("alerts refused", metadata: ["url": "\(url)", "reason": "\(reason)"]) }
                settle(batch, isSent: reason == nil)
                return nil
            }
        } catch {
            reason = "\(error)"
        }
        state.withLock { $0.failures += 1 }
        return reason
    }

    /// Forgets what was delivered, unless there is newer news.
    private func settle(_ batch: [Alert], isSent: Bool) {
        state.withLock { state in
            for alert in batch where state.waiting[alert.labels] == alert { state.waiting[alert.labels] = nil }
            if isSent { state.sent += batch.count } else { state.dropped += batch.count }
        }
    }

    private static func json(_ alerts: [Alert]) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: alerts.count * 512)
        func pairs(_ labels: LabelSet) {
            json.raw("{")
            for (index, label) in labels.labels.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(label.name)
                json.raw(":")
                json.string(label.value)
            }
            json.raw("}")
        }
        json.raw("[")
        for (index, alert) in alerts.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{\"labels\":")
            pairs(alert.labels)
            json.raw(",\"annotations\":")
            pairs(alert.annotations)
            json.raw(",\"startsAt\":")
            json.string(TimeText.nanoseconds(alert.startsAt.nanoseconds))
            if let end = alert.endsAt {
                json.raw(",\"endsAt\":")
                json.string(TimeText.nanoseconds(end.nanoseconds))
            }
            json.raw(",\"generatorURL\":")
            json.string(alert.generatorURL)
            json.raw("}")
        }
        json.raw("]")
        return json.bytes
    }

    /// Its metrics.
    static func families(_ clients: [AlertmanagerClient]) -> [MetricFamily] {
        guard !clients.isEmpty else { return [] }
        func family(_ name: String, _ help: String, _ kind: MetricFamily.Kind, _ value: (State) -> Int) -> MetricFamily
        {
            var family = MetricFamily("weir_alertmanager_" + name, help, kind)
            for client in clients {
                family.add(["url": client.url], Double(client.state.withLock { value($0) }))
            }
            return family
        }
        return [
            family("alerts_sent_total", "Alerts delivered to an external Alertmanager.", .counter) { $0.sent },
            family("alerts_dropped_total", "Alerts refused, or too many.", .counter) { $0.dropped },
            family("send_failures_total", "Requests that failed.", .counter) { $0.failures },
            family("alerts_waiting", "Alerts that are not delivered yet.", .gauge) { $0.waiting.count },
        ]
    }
}
