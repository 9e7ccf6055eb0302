"""monitoring: the lights of an assessment stand apart from their explanations.

Explanations are some kilobytes for each project; who looks at the lights of a thousand projects
unpacks all of them.

Revision: lights_apart
Follows: proposals_on_phones
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "lights_apart"
down_revision = "proposals_on_phones"
branch_labels = None
depends_on = None

_LIGHTS = """
CREATE FUNCTION health_lights(dimensions jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
RETURN (
  SELECT coalesce(jsonb_agg(jsonb_build_array(
    kept -> 'rule', kept -> 'dimension', kept -> 'light', kept ->> 'waived' IS NOT NULL
  )), '[]')
  FROM jsonb_array_elements(dimensions) AS kept
)
"""


def upgrade() -> None:
    op.execute(_LIGHTS)
    op.add_column(
        "health_assessment",
        sa.Column(
            "lights",
            postgresql.JSONB(astext_type=sa.Text()),
            sa.Computed("health_lights(dimensions)", persisted=True),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("health_assessment", "lights")
    op.execute("DROP FUNCTION health_lights(jsonb)")
