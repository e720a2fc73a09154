/// Messages about broken JSON, in the form of the decoder that Loki uses: what, and the text around the place.
enum JSONPushFault {
    /// How that decoder names the member that holds the streams.
    static let streamsPath = "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: "

    /// A rejection at `position`, the number of bytes read when the fault was noticed.
    static func rejection(
        _ message: String, _ bytes: UnsafeRawBufferPointer, at position: Int, path: String
    ) -> PushRejection {
        let near = excerpt(bytes, around: position, 10)
        let wide = excerpt(bytes, around: position, 50)
        let place = "error found in #\(min(position, 10)) byte of ...|\(near)|..., bigger context ...|\(wide)|..."
        return PushRejection("\(path)\(message), \(place)")
    }

    /// A rejection for text that is no JSON at all, or ends too early.
    static func broken(_ bytes: UnsafeRawBufferPointer, at byteOffset: Int) -> PushRejection {
        let found = byteOffset < bytes.count ? Character(UnicodeScalar(bytes[byteOffset])) : "\0"
        let position = min(byteOffset + 1, bytes.count)
        return rejection("ReadArrayCB: expect ] in the end, but found \(found)", bytes, at: position, path: streamsPath)
    }

    private static func excerpt(_ bytes: UnsafeRawBufferPointer, around position: Int, _ radius: Int) -> String {
        String(decoding: bytes[max(0, position - radius)..<min(bytes.count, position + radius)], as: UTF8.self)
    }
}
