import Testing
import WeirAPI
import WeirModel

@Suite struct DetectedEndpointsTests {
    private let server: MemoryServer

    init() {
        var server = MemoryServer()
        server.push(
            ["app": "web", "id": "17", "pod": "3"], metadata: [Label("trace", "t1")],
            [
                (1, #"{"app":"x","user":{"geo lat":1.5},"took":"5ms","n":1}"#),
                (2, #"{"app":"y","user":{"geo lat":2},"took":"6ms","n":2}"#),
            ])
        server.push(
            ["app": "db", "id": "8b7cf9a2-30cc-4b5e-9a3d-0c2b52f0c111", "__own": "x"], [(3, "size=5KB ok=true")])
        self.server = server
    }

    @Test func `labels whose values are all numbers or UUIDs are left out, but for well-known ones`() async {
        #expect(
            await server.get("detected_labels").text
                == #"{"detectedLabels":[{"label":"app","cardinality":2},{"label":"pod","cardinality":1}]}"# + "\n")
        #expect(
            await server.get("detected_labels", ["query": #"{app="db"}"#]).text
                == #"{"detectedLabels":[{"label":"app","cardinality":1}]}"# + "\n")
    }

    @Test func `fields of JSON come with their paths, those of metadata without a parser`() async {
        #expect(
            await server.get("detected_fields", ["query": #"{app="web"}"#]).text
                == #"{"fields":[{"label":"app_extracted","type":"string","cardinality":2,"parsers":["json"],"#
                + #""jsonPath":["app"]},{"label":"n","type":"int","cardinality":2,"parsers":["json"],"jsonPath":["n"]},"#
                + #"{"label":"took","type":"duration","cardinality":2,"parsers":["json"],"jsonPath":["took"]},"#
                + #"{"label":"trace","type":"string","cardinality":1,"parsers":null},"#
                + #"{"label":"user_geo_lat","type":"float","cardinality":2,"parsers":["json"],"#
                + #""jsonPath":["user","geo lat"]}],"limit":1000}"# + "\n")
    }

    @Test(arguments: [#"{app="db"}"#, #"{app="db"} | logfmt"#])
    func `what is no JSON is read as logfmt`(query: String) async {
        #expect(
            await server.get("detected_fields", ["query": query, "field_limit": "5"]).text
                == #"{"fields":[{"label":"ok","type":"boolean","cardinality":1,"parsers":["logfmt"]},"#
                + #"{"label":"size","type":"bytes","cardinality":1,"parsers":["logfmt"]}],"limit":5}"# + "\n")
    }

    @Test func `the newest lines are the sample`() async {
        let response = await server.get("detected_fields", ["query": #"{app="web"}"#, "line_limit": "1", "limit": "1"])
        #expect(
            response.text == #"{"fields":[{"label":"trace","type":"string","cardinality":1,"parsers":null}],"limit":1}"#
                + "\n")
        let values = await server.get("detected_field/n/values", ["query": #"{app="web"}"#, "line_limit": "1"])
        #expect(values.text == #"{"values":["2"],"limit":1000}"# + "\n")
    }

    @Test func `the values of a field are those of the sample`() async {
        let query = #"{app="web"}"#
        let values = await server.get("detected_field/took/values", ["query": query])
        #expect(values.text == #"{"values":["6ms","5ms"],"limit":1000}"# + "\n")
        let one = await server.get("detected_field/took/values", ["query": query, "limit": "1"])
        #expect(one.text == #"{"values":["6ms"],"limit":1}"# + "\n")
        let metadata = await server.get("detected_field/trace/values", ["query": query])
        #expect(metadata.text == #"{"values":["t1"],"limit":1000}"# + "\n")
    }

    @Test(arguments: ["detected_fields", "detected_field/zzz/values"])
    func `nothing found is an empty object`(path: String) async {
        #expect(await server.get(path, ["query": #"{app="nosuch"}"#]).text == "{}\n")
    }

    @Test(arguments: ["detected_fields", "detected_field/n/values"])
    func `bad questions are refused`(path: String) async {
        func check(_ parameters: KeyValuePairs<String, String>, _ text: String) async {
            let response = await server.get(path, parameters)
            #expect(response.status == 400)
            #expect(response.text == text)
        }
        let query = #"{app="web"}"#
        await check(["query": query, "line_limit": "-5"], "limit must be a positive value")
        await check(["query": query, "limit": "x"], #"strconv.Atoi: parsing "x": invalid syntax"#)
        await check(["query": #"rate({app="web"}[1m])"#], "only log selector is supported")
        await check(
            ["query": query, "start": "20", "end": "10"], "end timestamp must not be before or equal to start time")
        await check(
            ["query": "{app="], "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING")
    }

    @Test func `a broken selector of labels is refused`() async {
        let response = await server.get("detected_labels", ["query": "{app="])
        #expect(response.status == 400)
        #expect(response.text == "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING")
    }
}
