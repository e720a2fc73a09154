import Testing
import WeirAgent
import WeirModel

@Suite struct RelabellingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rule: RelabelRule
        /// The labels besides `filename`; nil when the target is dropped.
        let labels: LabelSet?

        init(
            _ action: RelabelRule.Action, from sources: [String] = [], regex: String = "(.*)", to target: String = "",
            _ replacement: String = "$1", modulus: UInt64 = 0, gives labels: LabelSet?
        ) {
            var rule = RelabelRule()
            (rule.action, rule.sourceLabels, rule.regex) = (action, sources, regex)
            (rule.targetLabel, rule.replacement, rule.modulus) = (target, replacement, modulus)
            testDescription = "\(action) \(sources) \(regex)"
            (self.rule, self.labels) = (rule, labels)
        }
    }

    /// All start from `job="app", env="Prod", same="app"`.
    static let cases: [Case] = [
        Case(
            .replace, from: ["env"], regex: "P(.*)", to: "x",
            gives: ["job": "app", "env": "Prod", "same": "app", "x": "rod"]),
        Case(
            .replace, from: ["job", "env"], regex: "(?P<a>.*);(.*)", to: "x", "${2}-$a",
            gives: ["job": "app", "env": "Prod", "same": "app", "x": "Prod-app"]),
        Case(.replace, from: ["env"], regex: "rod", to: "x", gives: ["job": "app", "env": "Prod", "same": "app"]),
        Case(.replace, from: ["absent"], to: "same", gives: ["job": "app", "env": "Prod"]),
        Case(.keep, from: ["job"], regex: "app|web", gives: ["job": "app", "env": "Prod", "same": "app"]),
        Case(.keep, from: ["job"], regex: "ap", gives: nil),
        Case(.drop, from: ["job"], regex: "a.p", gives: nil),
        Case(.drop, from: ["job"], regex: "a", gives: ["job": "app", "env": "Prod", "same": "app"]),
        Case(
            .hashmod, from: ["job"], to: "shard", modulus: 1_000,
            gives: ["job": "app", "env": "Prod", "same": "app", "shard": "911"]),
        Case(
            .hashmod, from: ["absent"], to: "shard", modulus: 1_000,
            gives: ["job": "app", "env": "Prod", "same": "app", "shard": "958"]),
        Case(
            .labelmap, regex: "en(.)", "new_$1", gives: ["job": "app", "env": "Prod", "same": "app", "new_v": "Prod"]),
        Case(.labeldrop, regex: "en.|same", gives: ["job": "app"]),
        Case(.labelkeep, regex: "env|__path__", gives: ["env": "Prod"]),
        Case(.lowercase, from: ["env"], to: "env", gives: ["job": "app", "env": "prod", "same": "app"]),
        Case(.uppercase, from: ["job"], to: "x", gives: ["job": "app", "env": "Prod", "same": "app", "x": "APP"]),
        Case(.keepequal, from: ["job"], to: "same", gives: ["job": "app", "env": "Prod", "same": "app"]),
        Case(.keepequal, from: ["job"], to: "env", gives: nil),
        Case(.dropequal, from: ["job"], to: "same", gives: nil),
        Case(.dropequal, from: ["job"], to: "env", gives: ["job": "app", "env": "Prod", "same": "app"]),
    ]

    @Test(arguments: cases) func `every action does what Prometheus' does`(one: Case) async throws {
        let scene = try FollowingScene { configuration in
            configuration.scrapes[0].targets[0].labels["env"] = "Prod"
            configuration.scrapes[0].targets[0].labels["same"] = "app"
            configuration.scrapes[0].relabelRules = [one.rule]
        }
        try scene.append("x\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.entries.first?.labels.removing(["filename"]) == one.labels)
    }

    @Test func `what Docker says about a container becomes labels`() throws {
        let text =
            #"{"ID":"abc","Name":"/web","State":{"Running":true,"x":[1,{}]},"Config":{"Image":"shop/web:1","Env":null,"#
            + #""Labels":{"com.docker.compose.service":"w\u0065b","com.docker.compose.project":"shop","a-b":"c"}}}"#
        let container = try #require(ContainerDirectory(json: Array(text.utf8)))
        #expect(
            LabelSet(container.streamLabels) == [
                "container": "web", "image": "shop/web:1", "compose_project": "shop", "compose_service": "web",
            ])
        #expect(
            LabelSet(container.metaLabels) == [
                "__meta_docker_container_id": "abc", "__meta_docker_container_name": "/web",
                "__meta_docker_container_image": "shop/web:1",
                "__meta_docker_container_label_com_docker_compose_service": "web",
                "__meta_docker_container_label_com_docker_compose_project": "shop",
                "__meta_docker_container_label_a_b": "c",
            ])
    }

    @Test(arguments: ["", "{", "[]", #"{"ID":}"#, #"{"Config":{"Labels":{"a":"b"}"#])
    func `what is no container is none`(text: String) {
        #expect(ContainerDirectory(json: Array(text.utf8)) == nil)
    }

    @Test(arguments: [#"{"Config":{"Labels":null}}"#, #"{"ID":7,"Name":null}"#, "{}"])
    func `what is missing or of another kind is empty`(text: String) throws {
        let container = try #require(ContainerDirectory(json: Array(text.utf8)))
        #expect(container.streamLabels.isEmpty)
    }
}
