import Testing
import WeirAlerts
import WeirModel

@Suite struct RouteTreeTests {
    private func route(_ receiver: String?, _ matchers: String, continues: Bool = false, _ routes: [Route] = []) throws
        -> Route
    {
        var route = Route(receiver: receiver, matchers: try MatcherText.parse(matchers))
        route.continues = continues
        route.routes = routes
        return route
    }

    private func receivers(_ tree: RouteTree, _ labels: LabelSet) -> [String] {
        tree.routes(for: labels).map { tree.nodes[$0].receiver }
    }

    @Test func `the first child that matches takes the alert, and none leaves it to the parent`() throws {
        let tree = RouteTree(
            try route("default", "", [route("db", "team=db"), route("all-db", "team=~d.*"), route(nil, "team=web")]))
        #expect(receivers(tree, ["team": "db"]) == ["db"])
        #expect(receivers(tree, ["team": "dx"]) == ["all-db"])
        #expect(receivers(tree, ["team": "web"]) == ["default"])
        #expect(receivers(tree, [:]) == ["default"])
    }

    @Test func `continue leads to later siblings and never back to the parent`() throws {
        let tree = RouteTree(
            try route(
                "default", "",
                [
                    route("pagerduty", "severity=critical", continues: true), route("slack", "severity=warning"),
                    route("audit", "severity=critical"),
                ]))
        #expect(receivers(tree, ["severity": "critical"]) == ["pagerduty", "audit"])
        let alone = RouteTree(
            try route(
                "default", "",
                [route("pagerduty", "severity=critical", continues: true), route("slack", "severity=warning")]))
        #expect(receivers(alone, ["severity": "critical"]) == ["pagerduty"])
    }

    @Test func `receiver, grouping and times are inherited, mutes and continue are not`() throws {
        var root = try route("default", "", [route(nil, "a=b", [route("leaf", "c=d")])])
        root.grouping = .names(["alertname"])
        root.groupWait = .seconds(1)
        root.routes[0].repeatInterval = .seconds(60)
        root.routes[0].muteIntervals = ["nights"]
        root.routes[0].continues = true
        let tree = RouteTree(root)
        let leaf = tree.nodes[2]
        #expect(tree.nodes[1].receiver == "default" && leaf.receiver == "leaf")
        #expect(leaf.grouping == .names(["alertname"]) && leaf.groupWait == 1_000_000_000)
        #expect(leaf.repeatInterval == 60_000_000_000 && leaf.groupInterval == 300_000_000_000)
        #expect(leaf.muteIntervals.isEmpty && !leaf.continues)
    }

    @Test func `group keys name the matchers of all levels`() throws {
        let tree = RouteTree(try route("d", "", [route("x", #"team="wh",b=~"c|d""#, [route("y", "e!=f")])]))
        #expect(tree.nodes.map(\.path) == ["{}", #"{}/{b=~"c|d",team="wh"}"#, #"{}/{b=~"c|d",team="wh"}/{e!="f"}"#])
    }

    @Test func `a group has the labels that the alert has`() throws {
        var root = Route(receiver: "r")
        root.grouping = .names(["alertname", "cluster"])
        #expect(
            RouteTree(root).groupLabels(of: ["alertname": "A", "pod": "p"], at: 0) == ["alertname": "A"])
        root.grouping = .all
        #expect(RouteTree(root).groupLabels(of: ["a": "b", "c": "d"], at: 0) == ["a": "b", "c": "d"])
    }
}
