using System;
using System.Linq;

public static class Distillation
{
    /// <summary>The chances at a temperature: the higher it is, the more alike they are.</summary>
    public static double[] Softened(double[] logits, double temperature)
    {
        double largest = logits.Max();
        double[] powers = logits.Select(logit => Math.Exp((logit - largest) / temperature)).ToArray();
        double sum = powers.Sum();
        return powers.Select(power => power / sum).ToArray();
    }

    /// <summary>What one token costs a student, and how that changes with each of its logits.</summary>
    public static (double Mixed, double[] Slope) Cost(
        double[] student, double[] teacher, int target, double temperature, double soft)
    {
        double[] p = Softened(teacher, temperature), q = Softened(student, temperature);
        double divergence = p.Zip(q, (a, b) => a > 0 ? a * Math.Log(a / b) : 0).Sum();
        double[] plain = Softened(student, 1);
        double mixed = soft * temperature * temperature * divergence - (1 - soft) * Math.Log(plain[target]);
        double[] slope = plain.Select((c, i) => soft * temperature * (q[i] - p[i]) + (1 - soft) * c).ToArray();
        slope[target] -= 1 - soft;
        return (mixed, slope);
    }
}
