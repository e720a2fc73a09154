import Testing
import WeirModel

@Suite struct AlertTests {
    private let start = Timestamp(nanoseconds: 1_000)

    @Test func `the fingerprint is the one that Alertmanager shows`() {
        // FNV-1a 64 over `name 0xff value 0xff`, labels by name: computed by hand for one label.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array("alertname".utf8) + [0xff] + Array("A".utf8) + [0xff] {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        #expect(Alert(labels: ["alertname": "A"], startsAt: start).fingerprint == hash)
    }

    @Test func `an alert is over from its end on, and never without one`() {
        var alert = Alert(labels: ["alertname": "A"], startsAt: start)
        #expect(!alert.isResolved(at: .max))
        alert.endsAt = Timestamp(nanoseconds: 2_000)
        #expect(!alert.isResolved(at: Timestamp(nanoseconds: 1_999)))
        #expect(alert.isResolved(at: Timestamp(nanoseconds: 2_000)))
    }

    @Test func `an alert without a name has the empty one`() {
        #expect(Alert(labels: ["severity": "page"], startsAt: start).name == "")
        #expect(Alert(labels: ["alertname": "Down"], startsAt: start).name == "Down")
    }

    @Test func `a sink takes alerts in the order they are sent`() async {
        actor Collector: AlertSink {
            var names: [String] = []
            func receive(_ alerts: [Alert]) { names += alerts.map(\.name) }
        }
        let sink = Collector()
        await sink.receive([Alert(labels: ["alertname": "A"], startsAt: start)])
        await sink.receive([Alert(labels: ["alertname": "B"], startsAt: start)])
        #expect(await sink.names == ["A", "B"])
    }
}
