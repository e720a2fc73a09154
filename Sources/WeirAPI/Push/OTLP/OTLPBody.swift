internal import WeirBytes
internal import WeirModel

/// Runs a reader over a body and turns every failure into a rejection.
enum OTLPBody {
    static func decode(
        _ body: consuming [UInt8], rules: DiscoveryRules, attributes: OTLPRules, arrival: Timestamp,
        _ read: (inout OTLPMapping) throws -> Void
    ) throws(PushRejection) -> DecodedPush {
        let outcome = body.withUnsafeBytes { bytes -> Result<OTLPMapping, PushRejection> in
            var mapping = OTLPMapping(bytes, rules: rules, attributes: attributes, arrival: arrival)
            do {
                try read(&mapping)
                return .success(mapping)
            } catch let rejection as PushRejection {
                return .failure(rejection)
            } catch let error as WireError {
                return .failure(rejection(error, bytes))
            } catch let error as JSONError {
                return .failure(rejection(error, bytes))
            } catch {
                preconditionFailure("the reader threw \(error)")
            }
        }
        // Only the tail of its arena is read from here on, which is the mapping's own.
        return try outcome.get().finish(body)
    }

    private static func rejection(_ error: WireError, _ bytes: UnsafeRawBufferPointer) -> PushRejection {
        switch error {
        case .truncated: PushRejection("unexpected EOF")
        case .overflow: PushRejection("proto: integer overflow")
        case .illegalTag(let offset): PushRejection("proto: illegal wireType \(bytes[offset] & 7)")
        case .wrongType(let field, _): PushRejection("proto: wrong wireType for field \(field)")
        }
    }

    private static func rejection(_ error: JSONError, _ bytes: UnsafeRawBufferPointer) -> PushRejection {
        let found = error.byteOffset < bytes.count ? Character(UnicodeScalar(bytes[error.byteOffset])) : "\0"
        return JSONPushFault.rejection(
            "ReadObject: expect { or , or } or n, but found \(found)", bytes,
            at: min(error.byteOffset + 1, bytes.count), path: "")
    }
}
