import LogQL
import Testing
import WeirAPI
import WeirModel

@Suite struct RuleEndpointsTests {
    @Test func `without rules the lists are empty and the files missing`() async {
        let table = Server().table()
        func check(_ path: String, _ status: Int, _ text: String) async {
            let response = await table.respond(to: .get(path))
            #expect(response.status == status, "\(path)")
            #expect(response.text == text, "\(path)")
        }
        let end = #","errorType":"","error":""}"#
        await check("/prometheus/api/v1/alerts", 200, #"{"status":"success","data":{"alerts":[]}"# + end)
        await check("/prometheus/api/v1/rules", 200, #"{"status":"success","data":{"groups":[]}"# + end)
        for root in ["/loki/api/v1/rules", "/api/prom/rules"] {
            await check(root, 404, "no rule groups found\n")
            await check(root + "/a", 404, "no rule groups found\n")
            await check(root + "/a/b", 404, "group does not exist\n")
        }
    }

    @Test func `rules are shown in Prometheus' form, and filtered`() async {
        let alert = AlertStatus(
            labels: ["alertname": "A"], annotations: ["s": "t"], state: .firing,
            activeAt: Timestamp(nanoseconds: 1_700_000_000_500_000_000), value: 12.5)
        let group = RuleGroupStatus(
            name: "g", namespace: "f",
            rules: [
                RuleStatus(
                    name: "A", query: "q", labels: ["severity": "page"],
                    kind: .alerting(
                        forNanoseconds: 60_000_000_000, annotations: ["s": "{{ $value }}"], alerts: [alert]),
                    lastEvaluation: Timestamp(nanoseconds: 0), evaluationSeconds: 0.25),
                RuleStatus(name: "r", query: "p", labels: .empty, kind: .recording, lastError: "no"),
            ], intervalSeconds: 60)
        var services = APIServices(
            sink: Server(), source: Server(), runQuery: { _ throws(QueryError) in .empty }, now: { APIRequest.arrival })
        services.ruleGroups = { _ in [group] }
        let table = EndpointTable(services: services)
        let alertText =
            #"{"labels":{"alertname":"A"},"annotations":{"s":"t"},"state":"firing","#
            + #""activeAt":"2023-11-14T22:13:20.5Z","value":"1.25e+01"}"#
        let alerting =
            #"{"state":"firing","name":"A","query":"q","duration":60,"labels":{"severity":"page"},"#
            + #""annotations":{"s":"{{ $value }}"},"alerts":[\#(alertText)],"health":"ok","lastError":"","#
            + #""type":"alerting","lastEvaluation":"1970-01-01T00:00:00Z","evaluationTime":0.25}"#
        let recording =
            #"{"name":"r","query":"p","health":"err","lastError":"no","type":"recording","#
            + #""lastEvaluation":"0001-01-01T00:00:00Z","evaluationTime":0}"#
        func check(_ query: KeyValuePairs<String, String>, _ rules: String) async {
            let tail = #","interval":60,"limit":0,"lastEvaluation":"0001-01-01T00:00:00Z","evaluationTime":0}"#
            let groups = rules.isEmpty ? "" : #"{"name":"g","file":"f","rules":[\#(rules)]"# + tail
            let text = await table.respond(to: .get("/prometheus/api/v1/rules", query)).text
            #expect(text == #"{"status":"success","data":{"groups":[\#(groups)]},"errorType":"","error":""}"#)
        }
        await check([:], alerting + "," + recording)
        await check(["type": "alert"], alerting)
        await check(["rule_name[]": "r"], recording)
        await check(["rule_group[]": "other"], "")
        let alerts = await table.respond(to: .get("/prometheus/api/v1/alerts")).text
        #expect(alerts == #"{"status":"success","data":{"alerts":[\#(alertText)]},"errorType":"","error":""}"#)
        #expect(await table.respond(to: .get("/prometheus/api/v1/rules", ["type": "x"])).status == 400)
    }
}
