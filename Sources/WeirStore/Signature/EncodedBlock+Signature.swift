public import WeirModel

extension EncodedBlock {
    /// Whether the block may hold lines that the literals and requirements of a selection let through; false only when
    /// it holds none.
    public func mayHoldLines(of selection: Selection) -> Bool {
        guard let signature else { return true }
        return SignatureQuery(selection).mayHold(signature, flags: entry.flags)
    }
}
