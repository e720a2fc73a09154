internal import WeirModel

/// One stage, ready to run: everything that does not depend on the line is done.
///
/// Stages with more than one field are classes of constants: taking one out of the plan, which happens for every line,
/// then counts one reference instead of one for each array inside.
enum CompiledStage: Sendable {
    case docker(label: Int)
    case json(JSONStage)
    case logfmt(LogfmtStage)
    case regex(RegexStage)
    case timestamp(TimestampStage)
    case output(Int)
    case labels([LabelPair])
    case staticLabels([FixedLabel])
    case labelDrop([Int])
    case labelAllow(Set<Int>)
    case structuredMetadata([MetadataSource])
    case drop(DropStage)
    /// The stages up to `end` are for lines that match.
    case match(MatchStage, end: Int)
    case multiline(MultilineStage)
    case replace(ReplaceStage)
    case tenant(TenantStage)
    case decolorize
    case sampling(Double)
    case pack(PackStage)
    case limit(LimitStage)
    case template(TemplateStage)
    case metrics(MetricsStage)
    case eventLog(EventLogStage)
}

/// A label and the extracted value it is set from, as slots.
struct LabelPair: Sendable {
    let label: Int
    let value: Int
}

/// A label and the text it is set to.
struct FixedLabel: Sendable {
    let label: Int
    let value: FixedBytes
}

/// Where a pair of structured metadata comes from: a label, which is then removed, or else an extracted value.
struct MetadataSource: Sendable {
    let name: Int
    let value: Int
    let label: Int
}

/// Where the tenant comes from.
enum TenantStage: Sendable {
    case label(Int)
    case value(Int)
    case fixed(FixedBytes)
}

/// Bytes that live as long as anyone holds this, at an address that does not change.
final class FixedBytes: Sendable {
    // Written once in `init`, freed in `deinit`, only read in between.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    init(_ text: String) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, text.utf8.count), alignment: 1)
        copy.copyBytes(from: text.utf8)
        bytes = UnsafeRawBufferPointer(rebasing: copy[..<text.utf8.count])
    }

    deinit {
        bytes.deallocate()
    }
}

extension StagePlan {
    /// Refuses names that no stream may have.
    func checkLabelName(_ name: String, of stage: String) throws(StageError) {
        guard Label.isValidName(name) else {
            throw StageError(stage: stage, reason: "\(name) is no label name")
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as text; broken UTF-8 is repaired.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Whether both hold the same bytes.
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        count == other.count && elementsEqual(other)
    }

    /// The bytes of a range, under offsets from 0.
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}
