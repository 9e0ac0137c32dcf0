using System;
using System.Collections.Generic;
using System.Linq;

public static class Completion
{
    /// <summary>Goes on with a prompt; each new token comes with its probability.</summary>
    public static IEnumerable<KeyValuePair<int, double>> Complete(
        Func<int[], double[]> scores, int[] prompt, int tokens, int context)
    {
        var text = prompt.ToList();
        for (int i = 0; i < tokens; i++)
        {
            int[] seen = text.Skip(Math.Max(0, text.Count - context)).ToArray();
            double[] logits = scores(seen);
            double top = logits.Max();
            int best = Array.IndexOf(logits, top);
            double chance = 1 / logits.Sum(logit => Math.Exp(logit - top));
            text.Add(best);
            yield return new KeyValuePair<int, double>(best, chance);
        }
    }
}
