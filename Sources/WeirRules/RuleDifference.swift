/// What a reload changes, for people to read.
public struct RuleDifference: Sendable, Hashable {
    /// Groups and rules that are new: `web.yml: group "g": alert "A"`.
    public var added: [String] = []
    /// Those that are the same by name and do something else.
    public var changed: [String] = []
    /// Those that are gone.
    public var removed: [String] = []

    /// Creates an empty difference.
    public init() {}

    /// Whether nothing changes.
    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

    /// What leads from one set of groups to another.
    public init(from old: [RuleGroupDefinition], to new: [RuleGroupDefinition]) {
        let before = Dictionary(old.map { ($0.key, $0) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.key, $0) }) { first, _ in first }
        for key in Set(before.keys).union(after.keys).sorted() {
            switch (before[key], after[key]) {
            case (nil, let group?): added += RuleDifference.lines(of: group)
            case (let group?, nil): removed += RuleDifference.lines(of: group)
            case (let former?, let group?) where !former.means(group): compare(former, group)
            default: break
            }
        }
    }

    private static func lines(of group: RuleGroupDefinition) -> [String] {
        [group.title] + group.rules.map { group.title + ": " + $0.title }
    }

    private mutating func compare(_ former: RuleGroupDefinition, _ group: RuleGroupDefinition) {
        var own = former
        own.rules = group.rules
        if !own.means(group) { changed.append(group.title) }
        var rest = former.rules
        for rule in group.rules {
            guard let index = rest.firstIndex(where: { $0.title == rule.title && $0.labels == rule.labels }) else {
                added.append(group.title + ": " + rule.title)
                continue
            }
            if !rest[index].means(rule) { changed.append(group.title + ": " + rule.title) }
            rest.remove(at: index)
        }
        removed += rest.map { group.title + ": " + $0.title }
    }

    /// A line for each change, `+`, `~` and `-` in front.
    public var lines: [String] {
        added.map { "+ " + $0 } + changed.map { "~ " + $0 } + removed.map { "- " + $0 }
    }
}

extension RuleGroupDefinition {
    fileprivate var title: String { "\(key.namespace): group \"\(key.name)\"" }
}

extension Rule {
    fileprivate var title: String { "\(isAlerting ? "alert" : "record") \"\(name)\"" }
}
