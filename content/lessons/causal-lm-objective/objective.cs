using System;
using System.Linq;

public static class Objective
{
    /// <summary>The mean surprise, in nats, at each next token; one row of scores per token.</summary>
    public static double NextTokenLoss(double[][] logits, int[] ids)
    {
        int[] targets = ids.Skip(1).ToArray();
        double total = 0;
        for (int place = 0; place < targets.Length; place++)
        {
            double[] row = logits[place];
            double best = row.Max();
            double logSum = Math.Log(row.Sum(logit => Math.Exp(logit - best)));
            total -= row[targets[place]] - best - logSum;
        }
        return total / targets.Length;
    }
}
