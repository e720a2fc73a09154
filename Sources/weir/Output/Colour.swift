internal import WeirModel

/// Colours of a terminal, by their SGR codes.
enum Colour: String {
    case plain = ""
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case brightBlue = "94"
    case brightCyan = "96"

    /// The text in this colour, and the terminal as it was afterwards.
    func paint(_ text: String) -> String {
        self == .plain ? text : "\u{1b}[\(rawValue)m\(text)\u{1b}[0m"
    }

    /// Text that steps back.
    static func dim(_ text: String) -> String { faint.paint(text) }

    /// The colour of a line by its `level` or `detected_level`.
    static func ofLevel(in labels: LabelSet) -> Colour {
        switch (labels["level"] ?? labels["detected_level"])?.lowercased() {
        case "critical", "crit", "fatal", "error", "err", "panic": .red
        case "warn", "warning": .yellow
        case "debug", "trace": .faint
        default: .plain
        }
    }
}
