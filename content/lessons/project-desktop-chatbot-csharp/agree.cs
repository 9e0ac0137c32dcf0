using System;

public static class Parity
{
    public static (double Apart, bool Same) Agree(double[] mine, double[] theirs)
    {
        double apart = 0;
        for (int id = 0; id < mine.Length; id++) apart = Math.Max(apart, Math.Abs(mine[id] - theirs[id]));
        return (apart, Best(mine) == Best(theirs));
    }

    public static int Best(double[] logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++) if (logits[id] > logits[best]) best = id;
        return best;
    }
}
