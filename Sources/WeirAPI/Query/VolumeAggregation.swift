internal import WeirModel

/// How volumes of streams become those of an answer: by some labels of the streams, or by the names of labels.
struct VolumeAggregation: Sendable {
    /// What a volume of the answer belongs to.
    enum Group: Sendable {
        /// The streams that agree in the labels looked at.
        case series
        /// The streams that have a label of this name.
        case labelName
    }

    private let group: Group
    private let targets: Set<String>
    private let names: Set<String>

    /// - Parameters:
    ///   - option: `aggregateBy`; nil is `series`.
    ///   - targets: the labels asked for; without any, those that the selector mentions count, or all when it
    ///     mentions none.
    ///   - matchers: the selector.
    /// - Throws: ``ParameterError`` when the option is none.
    init(option: String?, targets: [String], matchers: [Matcher]) throws(ParameterError) {
        switch option {
        case nil, "series": group = .series
        case "labels": group = .labelName
        default: throw ParameterError("invalid aggregation option")
        }
        self.targets = Set(targets)
        names = targets.isEmpty ? Set(matchers.map(\.name)) : self.targets
    }

    /// The bytes of each group; the label sets are what the answer shows. Streams that lack a target do not count.
    func bytes(_ volumes: [StreamVolume]) -> [LabelSet: Int] {
        var sums: [LabelSet: Int] = [:]
        for volume in volumes where volume.bytes > 0 {
            guard targets.allSatisfy({ volume.labels[$0]?.isEmpty == false }) else { continue }
            switch group {
            case .series:
                sums[names.isEmpty ? volume.labels : volume.labels.keeping(names), default: 0] += volume.bytes
            case .labelName:
                for label in volume.labels.labels where targets.isEmpty || targets.contains(label.name) {
                    sums[LabelSet([Label(label.name, "")]), default: 0] += volume.bytes
                }
            }
        }
        return sums
    }

    /// Groups in the order of an answer: the largest first, equal ones by labels.
    static func ranked(_ sums: [LabelSet: Int]) -> [(labels: LabelSet, bytes: Int)] {
        sums.map { (labels: $0.key, bytes: $0.value) }
            .sorted { $0.bytes == $1.bytes ? $0.labels < $1.labels : $0.bytes > $1.bytes }
    }
}
