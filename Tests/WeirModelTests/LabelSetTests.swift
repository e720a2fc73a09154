import Testing
import WeirModel

@Suite struct LabelSetTests {
    @Test func `labels are sorted by name and the last of a repeated name wins`() {
        let set = LabelSet([Label("b", "2"), Label("a", "1"), Label("b", "3")])
        #expect(set.labels == [Label("a", "1"), Label("b", "3")])
    }

    @Test func `setting, changing and removing keep the order`() {
        var set: LabelSet = ["m": "1"]
        set["z"] = "2"
        set["a"] = "3"
        set["m"] = "4"
        set["z"] = nil
        set["absent"] = nil
        #expect(set == ["a": "3", "m": "4"])
    }

    @Test func `the text is a selector with values quoted as Go does`() {
        let set: LabelSet = ["app": "we\"b", "path": "a\\b\n\u{1}é\u{200d}"]
        #expect(set.description == #"{app="we\"b", path="a\\b\n\x01é\u200d"}"#)
    }

    @Test func `sets compare label by label and a prefix comes first`() {
        let short: LabelSet = ["a": "1"]
        let long: LabelSet = ["a": "1", "b": "0"]
        let other: LabelSet = ["a": "2"]
        #expect(short < long)
        #expect(long < other)
        #expect(!(other < long))
    }

    @Test func `the fingerprint tells a name from a value`() {
        let left: LabelSet = ["ab": "c"]
        let right: LabelSet = ["a": "bc"]
        #expect(left.fingerprint != right.fingerprint)
        #expect(left.fingerprint == LabelSet([Label("ab", "c")]).fingerprint)
    }

    @Test func `composed and decomposed letters are different values`() throws {
        let composed: LabelSet = ["name": "caf\u{e9}"]
        let decomposed: LabelSet = ["name": "cafe\u{301}"]
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(try !Matcher("name", .equal, "caf\u{e9}").accepts(decomposed))
    }
}
