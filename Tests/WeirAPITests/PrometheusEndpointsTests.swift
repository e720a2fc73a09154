import LogQL
import Synchronization
import Testing
import WeirAPI
import WeirModel

/// Prometheus' questions, rules as files, reloads and backtests, as far as requests and answers go.
@Suite struct PrometheusEndpointsTests {
    private func services(
        _ run: @escaping APIServices.QueryRunner = { _ throws(QueryError) in
            QueryOutcome(
                result: .vector([
                    InstantSample(
                        labels: ["__name__": "up", "job": "a"],
                        sample: Sample(timestamp: Timestamp(nanoseconds: 1_700_000_000_500_000_000), value: 1))
                ]), statistics: QueryStatistics())
        }
    ) -> APIServices {
        var services = APIServices(sink: Server(), source: Server(), runQuery: run, now: { APIRequest.arrival })
        services.recordedSeries = { _, matchers, _, _ in
            let all: [LabelSet] = [["__name__": "up", "job": "a"], ["__name__": "x", "job": "b"]]
            return all.filter { labels in matchers.allSatisfy { $0.accepts(labels) } }
        }
        return services
    }

    @Test func `an instant query is answered in Prometheus' form, in Weir's dialect`() async {
        let asked = Mutex<Dialect?>(nil)
        let answer: APIServices.QueryRunner = { request throws(QueryError) in
            asked.withLock { $0 = request.dialect }
            return QueryOutcome(
                result: .scalar(Sample(timestamp: Timestamp(nanoseconds: 1_000_000_000), value: 2)),
                statistics: QueryStatistics())
        }
        let table = EndpointTable(services: services(answer))
        let scalar = await table.respond(to: .get("/prometheus/api/v1/query", ["query": "1+1"])).text
        #expect(scalar == #"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#)
        #expect(asked.withLock { $0 } == .weir)
        let vector = await EndpointTable(services: services()).respond(
            to: .get("/prometheus/api/v1/query", ["query": "up"])
        ).text
        #expect(
            vector == #"{"status":"success","data":{"resultType":"vector","result":"#
                + #"[{"metric":{"__name__":"up","job":"a"},"value":[1700000000.5,"1"]}]}}"#)
    }

    @Test func `failures have Prometheus' kinds and statuses`() async {
        func check(_ error: QueryError, _ status: Int, _ kind: String) async {
            let table = EndpointTable(services: services { _ throws(QueryError) in throw error })
            let response = await table.respond(to: .get("/prometheus/api/v1/query", ["query": "up"]))
            #expect(response.status == status)
            #expect(response.text == #"{"status":"error","errorType":"\#(kind)","error":"no"}"#)
        }
        await check(.invalid(message: "no"), 400, "bad_data")
        await check(.failed(message: "no"), 422, "execution")
        await check(.unavailable(message: "no"), 503, "unavailable")
    }

    @Test func `names, values and series of what is recorded`() async {
        let table = EndpointTable(services: services())
        func check(_ path: String, _ parameters: KeyValuePairs<String, String>, _ data: String) async {
            let text = await table.respond(to: .get("/prometheus/api/v1/" + path, parameters)).text
            #expect(text == #"{"status":"success","data":\#(data)}"#)
        }
        await check("labels", [:], #"["__name__","job"]"#)
        await check("label/__name__/values", [:], #"["up","x"]"#)
        await check("label/job/values", ["match[]": "up"], #"["a"]"#)
        await check("series", ["match[]": #"{__name__="x"}"#], #"[{"__name__":"x","job":"b"}]"#)
        await check("metadata", [:], "{}")
        let bare = await table.respond(to: .get("/prometheus/api/v1/series"))
        #expect(bare.status == 400)
    }

    @Test func `groups are written, refused and removed with Loki's answers`() async {
        var services = services()
        services.ruleFiles.groups = { _, namespace in namespace == "none" ? nil : "ns:\n    - name: g\n" }
        services.ruleFiles.group = { _, _, name in name == "g" ? "name: g\n" : nil }
        services.ruleFiles.write = { _, namespace, yaml throws(RuleFileAccess.Refusal) in
            if yaml.isEmpty { throw .invalid("unable to decode rule group") }
            if namespace == "closed" { throw .forbidden }
        }
        services.ruleFiles.remove = { _, _, name throws(RuleFileAccess.Refusal) in
            if name != "g" { throw .missing }
        }
        let table = EndpointTable(services: services)
        func check(_ method: String, _ path: String, _ body: String, _ status: Int, _ text: String) async {
            let request = APIRequest(
                method: method, path: "/loki/api/v1/rules" + path, body: Array(body.utf8), arrival: APIRequest.arrival)
            let response = await table.respond(to: request)
            #expect(response.status == status, "\(method) \(path)")
            #expect(response.text == text, "\(method) \(path)")
        }
        let done = #"{"status":"success","data":null,"errorType":"","error":""}"#
        await check("GET", "", "", 200, "ns:\n    - name: g\n")
        await check("GET", "/none", "", 404, "no rule groups found\n")
        await check("GET", "/ns/g", "", 200, "name: g\n")
        await check("GET", "/ns/h", "", 404, "group does not exist\n")
        await check("POST", "/ns", "name: g", 202, done)
        await check("POST", "/ns", "", 400, "unable to decode rule group\n")
        await check("POST", "/closed", "name: g", 403, "rules cannot be changed here: ruler.enable_api is false\n")
        await check("DELETE", "/ns/g", "", 202, done)
        await check("DELETE", "/ns/h", "", 404, "group does not exist\n")
    }

    @Test func `a reload answers with the difference, or with what is wrong`() async {
        var services = services()
        services.reload = { () throws(ReloadError) in ["+ a", "- b"] }
        let request = APIRequest(method: "POST", path: "/-/reload", arrival: APIRequest.arrival)
        let good = await EndpointTable(services: services).respond(to: request)
        #expect(good.status == 200 && good.text == "+ a\n- b\n")
        services.reload = { () throws(ReloadError) in throw ReloadError(["r.yml:1:1: error: no"]) }
        let bad = await EndpointTable(services: services).respond(to: request)
        #expect(bad.status == 400)
        #expect(bad.text == "not reloaded, the old configuration holds\nr.yml:1:1: error: no\n")
    }

    @Test func `a backtest is asked for with rules in the body`() async {
        var services = services()
        services.backtest = { _, yaml, start, end in
            BacktestAnswer(
                steps: [
                    BacktestAnswer.Step(
                        at: start, group: "g", rule: yaml, kind: "firing", labels: ["job": "a"], value: 1.5)
                ], errors: [], evaluations: Int((end.nanoseconds - start.nanoseconds) / 1_000_000_000))
        }
        let request = APIRequest(
            method: "POST", path: "/weir/api/v1/rules/backtest",
            parameters: [(name: "start", value: "1700000000"), (name: "end", value: "1700000060")],
            body: Array("A".utf8), arrival: APIRequest.arrival)
        let text = await EndpointTable(services: services).respond(to: request).text
        #expect(
            text == #"{"status":"success","data":{"evaluations":60,"errors":[],"steps":[{"at":"2023-11-14T22:13:20Z","#
                + #""group":"g","rule":"A","kind":"firing","labels":{"job":"a"},"value":"1.5"}]}}"# + "\n")
    }
}
