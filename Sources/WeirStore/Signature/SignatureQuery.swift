internal import WeirModel

/// What the signature of a block must say for the block to hold a wanted line.
struct SignatureQuery: Sendable {
    /// All must hold.
    private let conditions: [Condition]

    /// One of the alternatives must hold.
    private struct Condition: Sendable {
        var alternatives: [SignatureProbe]
        /// The same for blocks in which a K or S from beyond ASCII may stand for the letter.
        var foldingAlternatives: [SignatureProbe]
    }

    /// Whether nothing can be told from signatures.
    var isEmpty: Bool { conditions.isEmpty }

    init(_ selection: Selection) {
        let literals = selection.requiredLiterals.map { LineRequirement([$0]) }
        conditions = (literals + selection.requirements).compactMap { requirement in
            let condition = Condition(
                alternatives: requirement.alternatives.map { SignatureProbe($0, skipsFoldable: false) },
                foldingAlternatives: requirement.alternatives.map {
                    SignatureProbe($0, skipsFoldable: requirement.ignoresCase)
                })
            return condition.alternatives.contains { $0.isEmpty } ? nil : condition
        }
    }

    /// Whether a block in memory may hold a wanted line.
    func mayHold(_ signature: BlockSignature, flags: BlockEntry.Flags) -> Bool {
        signature.withUnsafeBytes { mayHold($0, flags: flags) }
    }

    /// Whether the block whose signature these bytes are may hold a wanted line.
    func mayHold(_ signature: UnsafeRawBufferPointer, flags: BlockEntry.Flags) -> Bool {
        let folds = flags.contains(.foldsToASCII)
        return conditions.allSatisfy { condition in
            (folds ? condition.foldingAlternatives : condition.alternatives).contains { $0.holds(in: signature) }
        }
    }
}
