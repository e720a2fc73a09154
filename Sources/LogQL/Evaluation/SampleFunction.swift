import WeirBytes
import WeirModel

/// Runs Prometheus' functions over the series at each instant.
struct SampleFunction {
    let syntax: SampleFunctionSyntax
    let instants: StepInstants

    /// The value of the function; `operand` is nil where it has none.
    func run(_ operand: StepValue?) -> StepValue {
        switch syntax.function {
        // Both are one number at each instant; queries with them are evaluated instant by instant.
        case .time: return .scalar(SampleFunction.seconds(instants.first))
        case .scalar:
            guard case .series(let series)? = operand else { return operand ?? .scalar(.nan) }
            return .scalar(series.count == 1 ? series[0].values.first ?? .nan : .nan)
        case .histogramQuantile: return .series(histogramQuantile(series(operand)))
        case .absent: return .series(absent(series(operand)))
        case .labelJoin:
            return .series(
                series(operand).map { member in
                    StepSeries(labels: joined(member.labels), steps: member.steps, values: member.values)
                })
        case .timestamp:
            // Of anything but a selector the samples are those of this instant.
            return .series(mapped(series(operand)) { _, step in SampleFunction.seconds(instants[Int(step)]) })
        default:
            if case .scalar(let number)? = operand { return .scalar(calculated(number)) }
            return .series(mapped(series(operand)) { value, _ in calculated(value) })
        }
    }

    private static func seconds(_ instant: Timestamp) -> Double { Double(instant.nanoseconds / 1_000_000) / 1000 }

    /// The operand's series; where none was given, the time.
    private func series(_ value: StepValue?) -> [StepSeries] {
        switch value {
        case .series(let series)?: return series
        case .scalar(let number)?:
            let steps = Array(0..<Int32(instants.count))
            return [StepSeries(labels: .empty, steps: steps, values: steps.map { _ in number })]
        case nil:
            let steps = Array(0..<Int32(instants.count))
            return [
                StepSeries(
                    labels: .empty, steps: steps, values: steps.map { SampleFunction.seconds(instants[Int($0)]) })
            ]
        }
    }

    private func mapped(_ series: [StepSeries], _ body: (Double, Int32) -> Double) -> [StepSeries] {
        series.map { member in
            StepSeries(
                labels: member.labels.withoutName, steps: member.steps,
                values: zip(member.values, member.steps).map(body))
        }
    }

    private func calculated(_ number: Double) -> Double {
        switch syntax.function {
        case .clamp:
            let (least, most) = (syntax.numbers[0], syntax.numbers[1])
            return least > most ? .nan : max(least, min(most, number))
        case .sgn: return number > 0 ? 1 : number < 0 ? -1 : number
        case .sqrt: return number.squareRoot()
        case .exp: return FloatMath.exponential(number)
        case .ln: return FloatMath.logarithm(number)
        case .log2: return FloatMath.logarithm2(number)
        case .log10: return FloatMath.logarithm10(number)
        default: return calendar(number)
        }
    }

    /// Parts of the UTC date of an instant in seconds.
    private func calendar(_ seconds: Double) -> Double {
        guard seconds.isFinite, seconds.magnitude < 1e15 else { return .nan }
        let whole = Int(seconds.rounded(.down))
        let (days, ofDay) = SampleFunction.divide(whole, 86_400)
        let date = CalendarDate(daysSince1970: days)
        switch syntax.function {
        case .hour: return Double(ofDay / 3600)
        case .minute: return Double(ofDay / 60 % 60)
        case .dayOfWeek: return Double(SampleFunction.divide(days + 4, 7).remainder)
        case .dayOfMonth: return Double(date.day)
        case .dayOfYear: return Double(days - CalendarDate.days(year: date.year, month: 1) + 1)
        case .daysInMonth:
            let next = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
            return Double(
                CalendarDate.days(year: next.0, month: next.1) - CalendarDate.days(year: date.year, month: date.month))
        case .month: return Double(date.month)
        default: return Double(date.year)
        }
    }

    private static func divide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private func absent(_ series: [StepSeries]) -> [StepSeries] {
        var labels = LabelSet.empty
        if case .samples(let selector)? = syntax.operand { labels = SampleEvaluation.fixedLabels(selector.matchers) }
        let present = Set(series.flatMap(\.steps))
        let result = SampleEvaluation.absence(of: present, labels: labels, count: instants.count)
        return result.steps.isEmpty ? [] : [result]
    }

    /// `label_join(v, "dst", ",", "a", "b")`
    private func joined(_ labels: LabelSet) -> LabelSet {
        var result = labels
        let value = syntax.texts.dropFirst(2).map { labels[$0] ?? "" }.joined(separator: syntax.texts[1])
        result[syntax.texts[0]] = value.isEmpty ? nil : value
        return result
    }

    // MARK: Histograms

    /// A quantile of classic histograms: series that differ in their upper bound `le` only.
    private func histogramQuantile(_ series: [StepSeries]) -> [StepSeries] {
        var order: [LabelSet] = []
        var histograms: [LabelSet: [Int32: [HistogramBucket]]] = [:]
        for member in series {
            guard let text = member.labels["le"], let bound = HistogramBucket.bound(text) else { continue }
            let labels = member.labels.removing(["le", "__name__"])
            if histograms[labels] == nil { order.append(labels) }
            for (step, value) in zip(member.steps, member.values) {
                histograms[labels, default: [:]][step, default: []].append(HistogramBucket(bound: bound, count: value))
            }
        }
        return order.map { labels in
            var result = StepSeries(labels: labels)
            for (step, buckets) in histograms[labels]!.sorted(by: { $0.key < $1.key }) {
                result.append(step, HistogramBucket.quantile(syntax.numbers[0], of: buckets))
            }
            return result
        }
    }
}
