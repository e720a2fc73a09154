public import WeirModel

/// The routes with everything inherited filled in, ready to be asked.
public struct RouteTree: Sendable {
    /// A route with its own and its inherited settings.
    public struct Node: Sendable, Hashable {
        /// The matchers of all levels down to here, as Alertmanager writes them in group keys: `{}/{team="db"}`.
        public let path: String
        /// What an alert must fulfil here, sorted as Alertmanager sorts them.
        public let matchers: [Matcher]
        /// Who is told.
        public let receiver: String
        /// Which labels make a group.
        public let grouping: Route.Grouping
        /// How long the first notification of a group waits, in nanoseconds.
        public let groupWait: Int64
        /// The least time between notifications of a group, in nanoseconds.
        public let groupInterval: Int64
        /// The time after which a notification is repeated, in nanoseconds.
        public let repeatInterval: Int64
        /// Names of the times at which nothing is sent.
        public let muteIntervals: [String]
        /// Names of the times outside of which nothing is sent.
        public let activeIntervals: [String]
        /// Whether later siblings are asked too.
        public let continues: Bool
        /// Positions of the children in ``RouteTree/nodes``.
        public fileprivate(set) var children: [Int]
        /// How many routes lie above.
        public let depth: Int
    }

    /// All routes, parents before children, the root first.
    public private(set) var nodes: [Node] = []

    /// What holds at the root unless the file says otherwise: 30 seconds, 5 minutes, 4 hours.
    static let defaults = (
        wait: Duration.seconds(30), interval: Duration.seconds(300), repeats: Duration.seconds(4 * 3600)
    )

    /// Fills in what routes inherit: receiver, grouping and the three times; never matchers, mutes or `continue`.
    ///
    /// - Parameter root: its matchers and `continue` are ignored, as the root takes everything.
    public init(_ root: Route) {
        var plain = root
        plain.matchers = []
        append(plain, below: nil)
    }

    @discardableResult
    private mutating func append(_ route: Route, below parent: Int?) -> Int {
        let above = parent.map { nodes[$0] }
        let matchers = RouteTree.sorted(route.matchers)
        let text = "{" + matchers.map(\.description).joined(separator: ",") + "}"
        let node = Node(
            path: above.map { $0.path + "/" + text } ?? text, matchers: matchers,
            receiver: route.receiver ?? above?.receiver ?? "",
            grouping: route.grouping ?? above?.grouping ?? .names([]),
            groupWait: route.groupWait?.nanoseconds ?? above?.groupWait ?? RouteTree.defaults.wait.nanoseconds,
            groupInterval: route.groupInterval?.nanoseconds ?? above?.groupInterval
                ?? RouteTree.defaults.interval.nanoseconds,
            repeatInterval: route.repeatInterval?.nanoseconds ?? above?.repeatInterval
                ?? RouteTree.defaults.repeats.nanoseconds,
            muteIntervals: route.muteIntervals, activeIntervals: route.activeIntervals,
            continues: parent != nil && route.continues, children: [], depth: above.map { $0.depth + 1 } ?? 0)
        let index = nodes.count
        nodes.append(node)
        for child in route.routes {
            let position = append(child, below: index)
            nodes[index].children.append(position)
        }
        return index
    }

    /// The routes that an alert takes, as positions in ``nodes``: depth first, and among siblings up to the first that
    /// matches without `continue`. A node is the answer itself only when none of its children is.
    public func routes(for labels: LabelSet) -> [Int] {
        var found: [Int] = []
        collect(0, labels, into: &found)
        return found
    }

    @discardableResult
    private func collect(_ index: Int, _ labels: LabelSet, into found: inout [Int]) -> Bool {
        let node = nodes[index]
        guard node.matchers.allSatisfy({ $0.accepts(labels) }) else { return false }
        let before = found.count
        for child in node.children where collect(child, labels, into: &found) && !nodes[child].continues { break }
        if found.count == before { found.append(index) }
        return true
    }

    /// The labels of the group that an alert belongs to on a route; names that the alert lacks are left out.
    public func groupLabels(of labels: LabelSet, at index: Int) -> LabelSet {
        switch nodes[index].grouping {
        case .all: labels
        case .names(let names): labels.keeping(names)
        }
    }

    /// The order of matchers in Alertmanager's group keys: by name, text and kind.
    private static func sorted(_ matchers: [Matcher]) -> [Matcher] {
        let kinds: [Matcher.Comparison] = [.equal, .notEqual, .matches, .doesNotMatch]
        func key(_ matcher: Matcher) -> (ExactText, ExactText, Int) {
            (ExactText(matcher.name), ExactText(matcher.value), kinds.firstIndex(of: matcher.comparison) ?? 0)
        }
        return matchers.sorted { key($0) < key($1) }
    }
}

extension Duration {
    /// The whole nanoseconds, held at 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product.addingReportingOverflow(attoseconds / 1_000_000_000).0
    }
}
