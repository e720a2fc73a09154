public import WeirModel

/// Reads push bodies from the WAL again: exactly the rows that were appended when they came.
public enum EncodedBodyDecoder {
    /// Decodes a body that was stored because all its rows were accepted.
    ///
    /// Limits are not checked again, and what is discovered follows from the encoding, so that a changed configuration
    /// changes nothing about rows that were acknowledged.
    ///
    /// - Throws: ``PushRejection`` when the bytes are no such body, which means that the record is damaged.
    public static func decode(_ body: EncodedBody) throws(PushRejection) -> LineBatch {
        let rules = DiscoveryRules(body.encoding)
        let decoded =
            body.encoding.isJSON
            ? try LokiPushJSON.decode(body.bytes, rules: rules)
            : try LokiPushProtobuf.decode(body.bytes, limit: Int(UInt32.max) - 1, rules: rules)
        var batch = decoded.batch
        if rules.levels { LevelDiscovery.apply(to: &batch) }
        return batch
    }
}
